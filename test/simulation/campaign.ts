import type { Bug } from "./bug.ts";
import { planOf } from "./generate.ts";
import type { Violation } from "./invariant.ts";
import { simulate } from "./simulate.ts";

export interface CampaignOptions {
  readonly schedules: number;
  readonly seed: string;
  readonly fault?: string | undefined;
  readonly bug?: Bug;
  /** Ends at the first schedule that fails. */
  readonly untilFirst?: boolean;
  /** Only schedules whose number leaves this rest: for several workers. */
  readonly part?: { readonly of: number; readonly rest: number };
  /** Called after each, with how many are done by then and with what failed in it. */
  readonly onSchedule?: (done: number, failed: Failed | undefined) => void;
}

export interface Failed {
  /** Seed of that very schedule. */
  readonly seed: string;
  readonly violations: readonly Violation[];
}

/** What many schedules came to. */
export interface Campaign {
  readonly schedules: number;
  readonly failed: readonly Failed[];
  /** By fault id: in how many schedules it struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** By `function:port.operation before|after`: how many crashes there were. */
  readonly crashes: Readonly<Record<string, number>>;
  readonly calls: number;
  /** Virtual ms from the last disturbance until nothing moved any more, sorted. */
  readonly settled: readonly number[];
  readonly worst: { readonly seed: string; readonly settledAfter: number };
}

export const seedOf = (seed: string, schedule: number): string => `${seed}.${schedule}`;

export const runCampaign = async (options: CampaignOptions): Promise<Campaign> => {
  const { schedules, seed, fault, bug, untilFirst, part = { of: 1, rest: 0 } } = options;
  const failed: Failed[] = [];
  const faults: Record<string, number> = {};
  const crashes: Record<string, number> = {};
  const settled: number[] = [];
  let worst = { seed: "", settledAfter: -1 };
  let [done, calls] = [0, 0];
  for (let schedule = 0; schedule < schedules; schedule++) {
    if (schedule % part.of !== part.rest) continue;
    const own = seedOf(seed, schedule);
    const plan = planOf(own, { fault });
    const outcome = await simulate(plan, bug ? { bug } : {});
    done++;
    calls += outcome.calls;
    for (const id of outcome.struck.keys()) faults[id] = (faults[id] ?? 0) + 1;
    for (const [point, times] of outcome.crashed) crashes[point] = (crashes[point] ?? 0) + times;
    settled.push(outcome.settledAfter);
    if (outcome.settledAfter > worst.settledAfter) worst = { seed: own, settledAfter: outcome.settledAfter };
    // What fails without the bug, too, says nothing about it.
    const isOurs = bug === undefined || outcome.violations.length === 0 || (await simulate(plan)).violations.length === 0;
    const isFound = outcome.violations.length > 0 && isOurs;
    if (isFound) failed.push({ seed: own, violations: outcome.violations });
    options.onSchedule?.(done, isFound ? failed.at(-1) : undefined);
    if (untilFirst && failed.length > 0) break;
  }
  return { schedules: done, failed, faults, crashes, calls, settled: settled.toSorted((a, b) => a - b), worst };
};
