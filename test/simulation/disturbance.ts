import { isCleanUp } from "./clean-up.ts";
import { isTimedFault } from "./faults.ts";
import type { Plan, Step } from "./plan.ts";
import { isRestored } from "./restored.ts";

/** Milliseconds from the start until people and timed faults have come to their end; `until`: only of those that begin before. */
export const disturbanceEnds = (plan: Plan, until = Number.POSITIVE_INFINITY): number =>
  Math.max(0, ...disturbancesOf(plan).flatMap(([from, end]) => (from <= until ? end : []))) + 1_000;

/** When each begins, and when it is over. */
const disturbancesOf = ({ steps, faults }: Plan): readonly (readonly [number, number])[] => [
  ...steps.map((step) => [step.at, stepEnds(step)] as const),
  ...faults.filter(isRestored).map(({ at, again }) => [at, at + again] as const),
  ...faults.filter(isCleanUp).map(({ at }) => [at, at] as const),
  ...faults.filter(isTimedFault).map(({ from, lasts }) => [from, from + lasts] as const),
];

/** When its people have come to an end with it, ms from the start. */
export const stepEnds = (step: Step): number => step.at + lastsOf(step);

const lastsOf = (step: Step): number => {
  if (step.do === "burst") return step.within;
  return step.do === "wipe" || step.do === "roll-back" || step.do === "redeclare" ? step.lasts : 0;
};
