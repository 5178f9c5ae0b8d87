import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";
import type { World } from "../world.ts";

/** ms of virtual time */
const window = 10_000;
/** Each of a hundred pushes in eight seconds may have a sync of its own. */
const most = 120;

/** Whoever waits for others does not ask again and again: leases of an Application in a while, whatever is sent. */
export const watchSpins = (report: Report, world: () => World): Observer => {
  const taken = new Map<string, number[]>();
  return {
    tableWritten: (before, after) => {
      if (after?.sk !== "state" || typeof after.owner !== "string" || before?.owner === after.owner) return;
      const now = world().timeline.now();
      const times = [...(taken.get(after.pk) ?? []), now].filter((at) => at > now - window);
      taken.set(after.pk, times);
      if (times.length > most) report("nobody spins", `${after.pk} was taken ${times.length} times in ${window / 1000} s`);
    },
  };
};
