import { healthOf } from "../../shared/health/health.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { mixedLive } from "./mixed-live.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";

const objects = 20_000;
const rounds = 15;

/** One way to judge, with the rate that we promise for it. */
interface Judge {
  readonly name: string;
  readonly judge: (live: Manifest) => unknown;
  /** Objects a second. */
  readonly promised: number;
  readonly text: string;
}

const judges: readonly Judge[] = [
  { name: "health-rules", judge: (live) => healthOf(live), promised: 100_000, text: "built-in rules ≥ 100,000 objects/s" },
];

/** How many live objects of mixed kinds and states are judged in a second, in one process. */
export const healthRules = async (): Promise<readonly BenchResult[]> => judges.map(measured);

const measured = ({ name, judge, promised, text }: Judge): BenchResult => {
  const live = mixedLive(objects);
  rate(live, judge); // the first round also compiles
  const ours = spreadOf(Array.from({ length: rounds }, () => rate(live, judge)));
  return { name, unit: "objects/s", ours, others: {}, goals: [goal(text, ours.median, ours.median >= promised)] };
};

const rate = (live: readonly Manifest[], judge: Judge["judge"]): number => {
  const start = performance.now();
  for (const object of live) judge(object);
  return (live.length * 1000) / (performance.now() - start);
};
