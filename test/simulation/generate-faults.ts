import type { Fault } from "./faults.ts";
import type { ApplicationPlan } from "./plan.ts";
import type { Random } from "./random.ts";

export interface FaultChoice {
  readonly applications: readonly ApplicationPlan[];
  readonly clusters: readonly string[];
  readonly busy: number;
  readonly only: string | undefined;
}

export const faultsFor = (_random: Random, _choice: FaultChoice): Fault => ({ id: "F-10", kind: "clocks", apart: 0 });
