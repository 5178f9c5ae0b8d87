import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { localTools } from "../../infra/local/tools.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { type BenchResult, goal, ratioOf, spreadOf } from "./result.ts";
import { scannedFleet } from "./scanned-fleet.ts";
import { timed } from "./thousand-objects.ts";

const rounds = 3;
/** Objects that kubectl is given at most; what more of them would take is scaled from these. */
const sample = 1_000;

/** An unchanged comparison: a scan of the cluster, and `kubectl diff --server-side` of the same objects. */
export const compare = (total: number) => async (): Promise<readonly BenchResult[]> => {
  const results: BenchResult[] = [];
  for (const applications of [1, 10, 100])
    results.push(await onFreshCluster((cluster, folder) => compareIn(applications, total, cluster, folder)));
  const [few, , many] = results.map(({ ours }) => ours.median);
  const growth = (many ?? Number.NaN) / (few ?? Number.NaN);
  const constant = goal("100 Applications ≤ 1.5 × one, for the same objects", growth, growth <= 1.5);
  return results.map((result, at) => (at === 2 ? { ...result, goals: [...result.goals, constant] } : result));
};

/** Deleting ten thousand objects would keep the server busy for longer than a new one takes to start. */
const onFreshCluster = async (work: (cluster: ControlPlane, folder: string) => Promise<BenchResult>): Promise<BenchResult> => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
  const controlPlane = await startControlPlane({ name: "bench", folder });
  try {
    return await work(controlPlane, folder);
  } finally {
    await controlPlane.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const compareIn = async (applications: number, total: number, controlPlane: ControlPlane, folder: string): Promise<BenchResult> => {
  const fleet = await scannedFleet(controlPlane, `compare-${applications}`, applications, total / applications);
  const file = join(folder, `sample-${applications}.json`);
  const all = fleet.namespaces.flatMap((namespace) => fleet.manifests.map((manifest) => placed(manifest, namespace)));
  const shown = all.slice(0, sample);
  await writeFile(file, shown.map((manifest) => JSON.stringify(manifest)).join("\n---\n"));
  const [ours, kubectl]: [number[], number[]] = [[], []];
  const before = fleet.written();
  await fleet.scan();
  for (let round = 0; round < rounds; round++) {
    ours.push(await timed(fleet.scan));
    kubectl.push((await timed(() => diff(controlPlane, file))) * (total / shown.length));
  }
  const writes = fleet.written() - before;
  const ratio = ratioOf(kubectl, ours);
  await fleet.cluster.close();
  return {
    name: `compare-${total} in ${applications}`,
    unit: "s",
    ours: spreadOf(ours),
    others: {
      [total > sample ? `kubectl diff --server-side (${sample} objects, scaled)` : "kubectl diff --server-side"]: spreadOf(kubectl),
    },
    goals: [goal("≥ 20 × as fast as kubectl diff", ratio, ratio >= 20), goal("0 writes for Applications", writes, writes === 0)],
  };
};

const placed = ({ metadata, ...rest }: Manifest, namespace: string) => ({ ...rest, metadata: { ...metadata, namespace } });

/** 1 says that something differs: nothing does but our tracking annotation, which kubectl leaves alone. */
const diff = async ({ kubeconfig }: ControlPlane, file: string): Promise<void> => {
  const { kubectl } = await localTools();
  await new Promise<void>((resolve, reject) => {
    const args = ["--kubeconfig", kubeconfig, "diff", "--server-side", "--force-conflicts", "-f", file];
    const child = spawn(kubectl, args, { env: { HOME: tmpdir(), PATH: process.env.PATH ?? "" }, stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 || code === 1 ? resolve() : reject(new Error(`kubectl diff ended with ${code}`))));
  });
};
