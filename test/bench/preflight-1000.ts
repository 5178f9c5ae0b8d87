import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import { fieldManager } from "../../shared/diff/field-manager.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { anApplication, syncWorld } from "../support/sync-world.ts";
import { realTime } from "./real-time.ts";
import { type BenchResult, goal, ratioOf, spreadOf } from "./result.ts";
import { objects, rawPatches, timed } from "./thousand-objects.ts";

const rounds = 3;

/** 1,000 objects in a namespace that is there already: all of them are tried on the server before the first is written. */
export const preflightAndCreate = async (): Promise<readonly BenchResult[]> => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-"));
  const cluster = await startControlPlane({ name: "bench", folder });
  try {
    const ours: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < rounds; round++) {
      raw.push(await timed(() => rawPatches(cluster, objects(`raw-${round}`))));
      ours.push(await ourCreate(cluster, `ours-${round}`));
    }
    const ratio = ratioOf(ours, raw);
    return [
      {
        name: "preflight-1000",
        unit: "s",
        ours: spreadOf(ours),
        others: { "raw HTTP/2 patches, without a dry run": spreadOf(raw) },
        goals: [goal("≤ 2.2 × the raw patches", ratio, ratio <= 2.2)],
      },
    ];
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const ourCreate = async ({ server, ca, token }: ControlPlane, namespace: string): Promise<number> => {
  const cluster = openCluster({ name: "bench", server: new URL(server), ca, allowLoopback: true }, { token: async () => token });
  const dryRuns: Manifest[] = [];
  const counting: typeof cluster = {
    ...cluster,
    apply: (manifest, options) => {
      if (options.dryRun) dryRuns.push(manifest);
      return cluster.apply(manifest, options);
    },
  };
  try {
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, { fieldManager, force: true });
    const { declare, commit, sync, state } = syncWorld({ clusters: { connect: async () => counting }, ...realTime });
    await declare(anApplication({ destination: { name: "bench", namespace } }));
    await commit("web", objects(namespace).slice(1), "one");
    const seconds = await timed(() => sync());
    const { phase, reason } = await state();
    if (phase !== "Succeeded" || dryRuns.length !== 1_000) throw new Error(reason ?? `${dryRuns.length} dry runs`);
    return seconds;
  } finally {
    await cluster.close();
  }
};
