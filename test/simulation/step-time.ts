import type { Plan } from "./plan.ts";
import { randomOf } from "./random.ts";

/** In a fifth of the schedules steps have time for one object each, or for a few: an operation of any size is one of several steps. Milliseconds. */
export const stepTimeIn = ({ seed }: Plan): number | undefined => {
  const random = randomOf(seed, "step time");
  return random.chance(0.2) ? random.pick([0, 50, 500]) : undefined;
};
