import { applicationFile, configMap, fourObjects } from "./fleet.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";
import { startBenchStack } from "./stack.ts";
import { watchConfigMaps } from "./watch.ts";

const pushes = 30;

/** From the webhook's arrival until the change is seen in the cluster, one push after another: nothing else is under way. */
export const pushToApply = async (): Promise<readonly BenchResult[]> => {
  const stack = await startBenchStack({ ...applicationFile("web", "web"), ...fourObjects("web", "begin") });
  const watch = await watchConfigMaps(stack.cluster);
  try {
    await watch.reached("begin", 1, 120);
    const times: number[] = [];
    for (let round = 0; round < pushes; round++) {
      const value = `round-${round}`;
      const start = await stack.push({ "web/settings.yaml": configMap(value) });
      const { first } = await watch.reached(value, 1, 60);
      times.push((first - start) / 1000);
    }
    const ours = spreadOf(times);
    return [
      {
        name: "push-to-apply",
        unit: "s",
        ours,
        others: {},
        goals: [goal("p50 ≤ 0.8 s", ours.median, ours.median <= 0.8), goal("p95 ≤ 2.0 s", ours.p95, ours.p95 <= 2)],
      },
    ];
  } finally {
    watch.stop();
    await stack.stop();
  }
};
