import { functions } from "../../infra/topology.ts";
import { usualBudget } from "../../shared/model/request-budget.ts";
import { herdWorld } from "../support/herd-world.ts";
import { type BenchResult, goal, quantileOf, spreadOf } from "./result.ts";

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
const loud = names("loud", 1_000);
const quiet = names("quiet", 100);

/** As many workers as Lambda lets run at once, and as one machine does. */
const { aws, here } = functions.sync.wokenBy.inFlight;

/** A quiet team's syncs, one at a time, beside a team with 1,000 queued at the same cluster: from the wish to its end, in ms of virtual time. */
export const quietTeam = async (): Promise<readonly BenchResult[]> => [
  await besideLoud("quiet-team", aws),
  await besideLoud("quiet-team-here", here),
];

const besideLoud = async (name: string, workers: number): Promise<BenchResult> => {
  const alone = await delays(workers, [], 137);
  const beside = (await Promise.all([131, 137, 149].map((every) => delays(workers, loud, every)))).flat();
  const delayAlone = spreadOf(alone).median;
  const [p99, most] = [quantileOf(beside, 0.99) / delayAlone, Math.max(...beside) / delayAlone];
  return {
    name,
    unit: "ms",
    ours: spreadOf(beside),
    others: { "the same team alone": spreadOf(alone) },
    goals: [
      goal(`p99 ≤ 2 × the delay alone, with ${workers} workers`, p99, p99 <= 2),
      goal("every one ≤ 2 × the delay alone", most, most <= 2),
      goal("≥ 100 syncs while the other team waits", beside.length, beside.length >= 100),
    ],
  };
};

/** One quiet sync after the other, begun every so many ms at most; those that end before the others have done. */
const delays = async (workers: number, others: readonly string[], every: number): Promise<readonly number[]> => {
  const herd = herdWorld({ budget: usualBudget, workers });
  await herd.declare(others, "loud");
  await herd.declare(quiet, "quiet");
  await herd.wake(others);
  const seen: number[] = [];
  const isDone = (name: string) => herd.served.some(({ application }) => application === name);
  for (const [turn, name] of quiet.entries()) {
    const at = 100 + turn * every;
    herd.alarm(at);
    await herd.until(() => herd.now() >= at);
    await herd.wake([name]);
    const took = await herd.until(() => isDone(name));
    if (others.length > 0 && others.every(isDone)) break;
    seen.push(took);
  }
  return seen;
};
