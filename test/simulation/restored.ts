import type { Item } from "../../shared/ports/table.ts";
import { keys } from "../../shared/state/items.ts";
import type { Doings } from "./doings.ts";
import type { WorldFault } from "./faults.ts";
import type { Plan } from "./plan.ts";
import { startOfTime } from "./timeline.ts";
import type { World } from "./world.ts";

export type Restored = Extract<WorldFault, { kind: "restored" }>;

export const isRestored = (fault: Plan["faults"][number]): fault is Restored => fault.kind === "restored";

/** Lets the table go back in time, or be lost, while functions are at work. */
export const openRestores = (world: World, doings: Doings): void => {
  const { plan, timeline, store, gate } = world;
  for (const fault of plan.faults.filter(isRestored)) {
    let backup: readonly Item[] = [];
    const at = startOfTime + fault.at;
    if (fault.back !== "all")
      timeline.at(at - fault.back, () => {
        backup = [...store.items()];
      });
    timeline.at(at, () => {
      gate.strike(fault);
      world.restore(backup);
      // What no repository declares, people declare again: also where the backup is of a time at which all was lost.
      if (!backup.some(({ pk }) => pk === keys.listed("").pk)) timeline.after(fault.again, () => void doings.declare());
    });
  }
};
