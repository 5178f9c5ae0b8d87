import type { Point } from "./faults.ts";
import type { ApplicationPlan } from "./plan.ts";
import type { Random } from "./random.ts";

export interface FaultChoice {
  readonly applications: readonly ApplicationPlan[];
  readonly clusters: readonly string[];
  /** Milliseconds in which people are at work. */
  readonly busy: number;
  readonly only: string | undefined;
}

export interface Dice extends FaultChoice {
  readonly random: Random;
  /** Which of many equal calls is struck: early ones more often, for most functions do little. */
  readonly nth: (point?: Point) => number;
  /** Some time while people are at work. */
  readonly time: () => number;
}

export const minute = 60_000;
