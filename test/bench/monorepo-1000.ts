import { applicationFile, configMap, fourObjects, numbered } from "./fleet.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";
import { type BenchStack, startBenchStack } from "./stack.ts";
import { watchConfigMaps } from "./watch.ts";

const applications = 1_000;
const rounds = 10;

/** One repository, a directory for each of 1,000 Applications, and commits that touch one of them. */
export const monorepo = async (): Promise<readonly BenchResult[]> => {
  const names = numbered("app", applications);
  const stack = await startBenchStack(
    Object.assign({}, ...names.map((name) => ({ ...applicationFile(name, name), ...fourObjects(name, "begin") }))),
  );
  const watch = await watchConfigMaps(stack.cluster);
  try {
    await watch.reached("begin", applications, 600);
    await stack.settled();
    const times: number[] = [];
    const costs: Cost[] = [];
    for (const touched of names.filter((_, at) => at % (applications / rounds) === 0)) {
      stack.downloads();
      const value = `touched ${touched}`;
      const start = await stack.push({ [`${touched}/settings.yaml`]: configMap(value) });
      const { last } = await watch.reached(value, 1, 60);
      times.push((last - start) / 1000);
      costs.push(await costOf(stack, touched));
    }
    const most = (of: keyof Cost) => Math.max(...costs.map((cost) => cost[of]));
    const ours = spreadOf(times);
    const once = (text: string, of: keyof Cost) =>
      goal(
        `1 ${text}`,
        most(of),
        costs.every((cost) => cost[of] === 1),
      );
    const goals = [
      goal("≤ 3 s from push to applied", ours.max, ours.max <= 3),
      once("clone", "downloads"),
      once("render", "renders"),
      once("sync", "syncs"),
      goal("0 of the other Applications' items read or written", most("others"), most("others") === 0),
    ];
    return [{ name: "monorepo-1000", unit: "s", ours, others: {}, goals }];
  } finally {
    watch.stop();
    await stack.stop();
  }
};

interface Cost {
  readonly downloads: number;
  readonly renders: number;
  readonly syncs: number;
  /** Items of Applications that the commit did not touch. */
  readonly others: number;
}

const costOf = async (stack: BenchStack, touched: string): Promise<Cost> => {
  const { lines, calls } = await stack.settled();
  const items = calls.flatMap(({ keys }) => keys).filter((key) => key.startsWith("app#app-"));
  return {
    downloads: stack.downloads(),
    renders: lines.filter(({ event, known }) => event === "rendered" && known === false).length,
    syncs: lines.filter(({ event }) => event === "sync-synced").length,
    others: items.filter((key) => !key.startsWith(`app#${touched} `)).length,
  };
};
