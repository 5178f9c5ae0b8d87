import type { Report } from "../invariant.ts";
import type { Plan, Step } from "../plan.ts";
import type { World } from "../world.ts";

/** A burst of pushes costs the running sync and one more; everything else at most one each. */
export const checkSyncs = ({ plan, store, gate, repositories }: World, report: Report): void => {
  const struck = [...gate.struck.values()].reduce((sum, times) => sum + times, 0);
  for (const { name, objects } of plan.applications) {
    if (repositories.isWithdrawn(name)) continue;
    // Who loses an object to another that claims it says so.
    const contested = objects.some((object) => object.name === "shared") ? 4 : 0;
    const events = Number(store.read({ pk: `app#${name}`, sk: "state" })?.events ?? 0);
    const most = 2 + contested + wishesOf(plan, name) * 2 + struck * 3;
    if (events > most) report("syncs are bounded", `${name} has ${events} events, at most ${most} are explained`);
  }
};

/** A sync and, where its objects take time, its health. */
const wishesOf = ({ steps: planned, faults, applications }: Plan, name: string): number => {
  // People do some of it while something goes wrong.
  const steps = [...planned, ...faults.flatMap((fault) => ("step" in fault && fault.step ? [fault.step] : []))];
  const repository = applications.find((each) => each.name === name)?.repository;
  const isRolledBack = steps.some((step) => step.do === "roll-back" && step.application === name);
  return steps.reduce((sum, step) => sum + wishesIn(step, name, repository, isRolledBack), 0);
};

const wishesIn = (step: Step, name: string, repository: string | undefined, isRolledBack: boolean): number => {
  switch (step.do) {
    case "push":
      return step.repository === repository ? 1 : 0;
    case "force-back":
      // Whoever has rolled back pushes once more.
      return step.repository !== repository ? 0 : isRolledBack ? 2 : 1;
    case "burst":
      // As many as fit in if each takes a third of a second, and one more.
      return step.application === name ? Math.min(step.pushes, 2 + Math.ceil(step.within / 330)) : 0;
    case "wipe":
    case "roll-back":
    case "redeclare":
      return step.application === name ? 3 : 0;
    case "scan":
      return 0;
    default:
      return step.application === name ? 2 : 0;
  }
};
