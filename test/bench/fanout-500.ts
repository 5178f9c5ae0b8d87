import { spawn } from "node:child_process";
import { join } from "node:path";
import { localTools } from "../../infra/local/tools.ts";
import type { Files } from "../support/git-repository.ts";
import { applicationFile, configMap, fourObjects, numbered } from "./fleet.ts";
import { type BenchResult, goal, ratioOf, spreadOf } from "./result.ts";
import { type BenchPlan, type BenchStack, startBenchStack, type Work } from "./stack.ts";
import { type ConfigMapWatch, watchConfigMaps } from "./watch.ts";

export const applications = 500;
const rounds = 3;
/** Bare runs of kustomize at a time: one a core, as a careful script would. */
const sideBySide = 2;

const names = numbered("app", applications);

/** 500 Applications of one directory with 4 objects. */
export const fleetOfOnePath = (): Files => ({
  ...Object.assign({}, ...names.map((name) => applicationFile(name, "web"))),
  ...fourObjects("web", "begin"),
});

/** One commit changes one ConfigMap of a directory that 500 Applications, of 4 objects and a namespace of their own each, share. */
export const fanoutSame = async (): Promise<readonly BenchResult[]> => {
  return await withFleet(fleetOfOnePath(), async (stack, watch) => {
    const firsts: number[] = [];
    const alls: number[] = [];
    const writes: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const value = `round-${round}`;
      const start = await stack.push({ "web/settings.yaml": configMap(value) });
      const { first, last } = await watch.reached(value, applications, 180);
      firsts.push((first - start) / 1000);
      alls.push((last - start) / 1000);
      writes.push(writesPerApplication(await stack.settled(), names));
    }
    const all = spreadOf(alls);
    const first = spreadOf(firsts);
    const most = Math.max(...writes);
    return [
      {
        name: "fanout-500-same",
        unit: "s until all applied",
        ours: all,
        others: { "ours, first applied": first },
        goals: [
          goal("first applied ≤ 1.5 s", first.median, first.median <= 1.5),
          goal("all applied ≤ 10 s", all.median, all.median <= 10),
          goal("≤ 5 table writes for each", most, most <= 5),
        ],
      },
    ];
  });
};

/** One commit changes the base that 500 different overlays share; beside it, the bare runs of kustomize that nobody can do without. */
export const fanoutOverlays = async (): Promise<readonly BenchResult[]> => {
  const files = {
    ...Object.assign({}, ...names.map((name) => ({ ...applicationFile(name, `overlays/${name}`), ...overlay(name) }))),
    ...base,
  };
  return await withFleet(files, async (stack, watch) => {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const value = `round-${round}`;
      const start = await stack.push({ "base/settings.yaml": configMap(value) });
      const { last } = await watch.reached(value, applications, 300);
      ours.push((last - start) / 1000);
      await stack.settled();
      bare.push(await bareRuns(names.map((name) => join(stack.repository.folder, "overlays", name))));
    }
    const ratio = ratioOf(ours, bare);
    const others = { [`${applications} bare kubectl kustomize, ${sideBySide} at a time`]: spreadOf(bare) };
    const goals = [goal("≤ 2.2 × the bare runs", ratio, ratio <= 2.2)];
    return [{ name: "fanout-500-overlays", unit: "s until all applied", ours: spreadOf(ours), others, goals }];
  });
};

const base: Files = {
  ...fourObjects("base", "begin"),
  "base/kustomization.yaml": "resources: [settings.yaml, account.yaml, service.yaml, deployment.yaml]\n",
};

const overlay = (name: string): Files => ({
  [`overlays/${name}/kustomization.yaml`]: `resources: [../../base]\nlabels: [{pairs: {overlay: ${name}}}]\n`,
});

export const withFleet = async <T>(
  files: Files,
  work: (stack: BenchStack, watch: ConfigMapWatch) => Promise<T>,
  plan: BenchPlan = {},
): Promise<T> => {
  const stack = await startBenchStack(files, plan);
  const watch = await watchConfigMaps(stack.cluster);
  try {
    await watch.reached("begin", applications, 600);
    await stack.settled();
    return await work(stack, watch);
  } finally {
    watch.stop();
    await stack.stop();
  }
};

/** The most that any of them took. */
const writesPerApplication = ({ calls }: Work, names: readonly string[]): number => {
  const counts = new Map(names.map((name) => [`app#${name}`, 0]));
  for (const { operation, keys } of calls) {
    if (!["PutItem", "UpdateItem", "DeleteItem"].includes(operation)) continue;
    const [partition = ""] = keys[0]?.split(" ") ?? [];
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }
  return Math.max(...names.map((name) => counts.get(`app#${name}`) ?? 0));
};

const bareRuns = async (folders: readonly string[]): Promise<number> => {
  const { kubectl } = await localTools();
  const queue = folders.values();
  const worker = async () => {
    for (const folder of queue) await bareRun(kubectl, folder);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: sideBySide }, worker));
  return (performance.now() - start) / 1000;
};

const bareRun = (program: string, folder: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, ["kustomize", folder], { env: {}, stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.resume();
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`kubectl kustomize ended with ${code}`))));
  });
