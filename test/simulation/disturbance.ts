import { isTimedFault } from "./faults.ts";
import type { Plan } from "./plan.ts";
import { isRestored } from "./restored.ts";

/** Milliseconds from the start until people and timed faults have come to their end. */
export const disturbanceEnds = (plan: Plan): number =>
  Math.max(
    0,
    ...plan.steps.map((step) => step.at + (step.do === "wipe" ? step.lasts : step.do === "burst" ? step.within : 0)),
    ...plan.faults.filter(isRestored).map(({ at, again }) => at + again),
    ...plan.faults.filter(isTimedFault).map(({ from, lasts }) => from + lasts),
  ) + 1_000;
