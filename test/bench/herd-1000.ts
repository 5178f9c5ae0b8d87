import { Failure } from "../../shared/model/failure.ts";
import { usualBudget } from "../../shared/model/request-budget.ts";
import { herdWorld } from "../support/herd-world.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";

const [applications, calls] = [1_000, 8];
const second = 1_000;
/** What the budget itself needs for all of them. Seconds. */
const least = (applications * calls) / usualBudget.perSecond;

interface Back {
  /** From the first answer to the last Application that is done. Seconds. */
  readonly took: number;
  /** From the end of the outage to the first answer. Seconds. */
  readonly noticed: number;
  /** Most requests that began within any second after the outage. */
  readonly rate: number;
  readonly inFlight: number;
  readonly served: number;
}

/** 1,000 Applications wait for one cluster that was away: how they come when it is back, in virtual time, with the product's own turns. */
export const herd1000 = async (): Promise<readonly BenchResult[]> => {
  const runs: Back[] = [];
  for (const workers of [100, 10]) for (const minutes of [1, 5, 17]) runs.push(await afterOutage(workers, minutes * 60 * second));
  const most = (of: (run: Back) => number) => Math.max(...runs.map(of));
  const served = Math.min(...runs.map((run) => run.served));
  return [
    {
      name: "herd-1000",
      unit: "s",
      ours: spreadOf(runs.map(({ took }) => took)),
      others: {},
      goals: [
        goal(
          `all done within 1.3 × the budget's own minimum of ${least} s`,
          most(({ took }) => took) / least,
          most(({ took }) => took) <= 1.3 * least,
        ),
        goal(
          `≤ ${usualBudget.perSecond} requests in any second`,
          most(({ rate }) => rate),
          most(({ rate }) => rate) <= usualBudget.perSecond,
        ),
        goal(
          `≤ ${usualBudget.requests} requests in flight`,
          most(({ inFlight }) => inFlight),
          most(({ inFlight }) => inFlight) <= usualBudget.requests,
        ),
        goal(
          "noticed ≤ 60 s after the outage ends",
          most(({ noticed }) => noticed),
          most(({ noticed }) => noticed) <= 60,
        ),
        goal(`all ${applications} served`, served, served === applications),
      ],
    },
  ];
};

const afterOutage = async (workers: number, lasts: number): Promise<Back> => {
  const names = Array.from({ length: applications }, (_, at) => `app-${at}`);
  const [from, until] = [second, second + lasts];
  let firstAnswer = Number.POSITIVE_INFINITY;
  const herd = herdWorld({
    budget: usualBudget,
    workers,
    calls,
    before: (at) => {
      if (at >= from && at < until) throw new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached.");
      if (at >= until) firstAnswer = Math.min(firstAnswer, at);
    },
  });
  await herd.declare(names, "fleet");
  herd.alarm(from);
  await herd.until(() => herd.now() >= from);
  await herd.wake(names);
  // A message that comes twice serves an Application twice.
  const isDone = () => herd.served.length >= applications && servedOf(herd.served) === applications;
  await herd.until(isDone);
  const after = herd.requests.filter((at) => at >= until);
  return {
    took: (herd.now() - firstAnswer) / second,
    noticed: (firstAnswer - until) / second,
    rate: mostWithin(second, after),
    inFlight: herd.mostInFlight(),
    served: servedOf(herd.served),
  };
};

const servedOf = (served: readonly { readonly application: string }[]): number =>
  new Set(served.map(({ application }) => application)).size;

/** Of times in order, the most that lie within any stretch of this length. */
const mostWithin = (stretch: number, times: readonly number[]): number => {
  let [begin, most] = [0, 0];
  for (const [end, at] of times.entries()) {
    while (at - (times[begin] ?? at) >= stretch) begin++;
    most = Math.max(most, end - begin + 1);
  }
  return most;
};
