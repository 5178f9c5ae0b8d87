import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { localTools } from "../../infra/local/tools.ts";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { anApplication, syncWorld } from "../support/sync-world.ts";
import { realTime } from "./real-time.ts";
import { type BenchResult, goal, ratioOf, spreadOf } from "./result.ts";
import { objects, rawPatches, timed } from "./thousand-objects.ts";

const rounds = 5;
/** As kubectl and the raw patches do it; preflight-1000 measures it with the dry run. */
const withoutDryRun = {
  automated: { prune: true, selfHeal: true, allowEmpty: false },
  syncOptions: ["CreateNamespace=true", "PreflightDryRun=false"],
};

/** 1,000 objects in one namespace, created and then synced again unchanged; ours, raw HTTP/2 patches (the limit), kubectl. */
export const createAndResync = async (): Promise<readonly BenchResult[]> => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
  const cluster = await startControlPlane({ name: "bench", folder });
  try {
    const times = { ours: [] as number[], again: [] as number[], raw: [] as number[], kubectl: [] as number[], diff: [] as number[] };
    let writes = 0;
    for (let round = 0; round < rounds; round++) {
      times.raw.push(await timed(() => rawPatches(cluster, objects(`raw-${round}`))));
      const ours = await ourSync(cluster, `ours-${round}`);
      times.ours.push(ours.create);
      times.again.push(ours.again);
      writes += ours.writes;
      const file = join(folder, `kubectl-${round}.json`);
      await writeFile(
        file,
        objects(`kubectl-${round}`)
          .map((object) => JSON.stringify(object))
          .join("\n---\n"),
      );
      times.kubectl.push(await timed(() => kubectl(cluster, ["apply", "--server-side", "-f", file])));
      times.diff.push(await timed(() => kubectl(cluster, ["diff", "--server-side", "-f", file])));
    }
    const ofRaw = ratioOf(times.ours, times.raw);
    const ofKubectl = ratioOf(times.ours, times.kubectl);
    const ofDiff = ratioOf(times.diff, times.again);
    return [
      {
        name: "create-1000",
        unit: "s",
        ours: spreadOf(times.ours),
        others: { "raw HTTP/2 patches": spreadOf(times.raw), "kubectl apply --server-side": spreadOf(times.kubectl) },
        goals: [
          goal("≤ 1.25 × the raw patches", ofRaw, ofRaw <= 1.25),
          goal("faster than kubectl (ratio of times < 1)", ofKubectl, ofKubectl < 1),
        ],
      },
      {
        name: "resync-1000",
        unit: "s",
        ours: spreadOf(times.again),
        others: { "kubectl diff --server-side": spreadOf(times.diff) },
        goals: [goal("0 writes", writes, writes === 0), goal("≥ 20 × as fast as kubectl diff", ofDiff, ofDiff >= 20)],
      },
    ];
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const ourSync = async (controlPlane: ControlPlane, namespace: string) => {
  const { server, ca, token } = controlPlane;
  const connection = openCluster({ name: "bench", server: new URL(server), ca, allowLoopback: true }, { token: async () => token });
  let applies = 0;
  const counting: Cluster = {
    ...connection,
    apply: (manifest, options) => {
      applies++;
      return connection.apply(manifest, options);
    },
  };
  const { declare, commit, sync, state } = syncWorld({ clusters: { connect: async () => counting }, ...realTime });
  await declare(anApplication({ destination: { name: "bench", namespace }, syncPolicy: withoutDryRun }));
  await commit("web", objects(namespace), "one");
  const create = await timed(() => sync());
  const after = await state();
  if (after.phase !== "Succeeded") throw new Error(after.reason);
  await commit("web", objects(namespace), "two");
  applies = 0;
  const again = await timed(() => sync());
  await connection.close();
  return { create, again, writes: applies };
};

const kubectl = async ({ kubeconfig }: ControlPlane, args: readonly string[]): Promise<void> => {
  const { kubectl: program } = await localTools();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, ["--kubeconfig", kubeconfig, ...args], {
      env: { HOME: tmpdir(), PATH: process.env.PATH ?? "" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`kubectl ${args[0]} ended with ${code}`))));
  });
};
