import { openRepository } from "es-git";
import { libgit2Objects } from "../../shared/adapters/git/objects.ts";
import { snapshotOf } from "../../shared/adapters/git/snapshot.ts";
import { evaluateSource } from "../../shared/fetch/closure/evaluate-source.ts";
import { closureUnchanged, type Reach } from "../../shared/fetch/closure/reach.ts";
import type { Source } from "../../shared/model/application.ts";
import type { Snapshot } from "../../shared/ports/git.ts";
import { commitOf } from "../fakes/memory-snapshot.ts";
import { type Files, makeRepository } from "../support/git-repository.ts";
import type { BenchResult } from "./result.ts";

const sources = 1_000;
const rounds = 9;
const goal = 100;

/**
 * What a push costs a monorepo of a thousand sources before anything is rendered: their reaches against a new commit that touches one of
 * them, every tree read anew from a real repository.
 */
export const closureCheck = async (): Promise<readonly BenchResult[]> => {
  const repository = await makeRepository(monorepo());
  try {
    const before = await repository.git("rev-parse", "HEAD");
    const after = await repository.commit({ "apps/app-7/production/patch.yaml": `${configMap}# touched\n` });
    const first = await snapshotAt(repository.folder, before.trim());
    const reaches = Array.from({ length: sources }, (_, at) => reachOf(at, first));
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await timed(reaches, await snapshotAt(repository.folder, after)));
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
    const ours = { median: at(0.5), p95: at(0.95), min: at(0), max: at(1) };
    const text = `${sources} sources checked in ≤ ${goal} ms`;
    return [{ name: "closure-check", unit: "ms", ours, others: {}, goals: [{ text, measured: ours.p95, met: ours.p95 <= goal }] }];
  } finally {
    await repository.remove();
  }
};

const timed = async (reaches: readonly Reach[], snapshot: Snapshot): Promise<number> => {
  const start = performance.now();
  const touched = reaches.filter((reach) => !closureUnchanged(reach, snapshot));
  const milliseconds = performance.now() - start;
  if (touched.length !== 1) throw new Error(`${touched.length} sources touched, where it is 1`);
  return milliseconds;
};

const reachOf = (at: number, snapshot: Snapshot): Reach => {
  const source: Source = { repoURL: "https://git.example.com/mono", targetRevision: "main", path: `apps/app-${at}/production` };
  const evaluation = evaluateSource({ application: `app-${at}`, source, snapshot, refs: new Map(), environment: {} });
  if (evaluation.state === "failed") throw evaluation.failure;
  return evaluation.reaches.own;
};

const snapshotAt = async (folder: string, sha: string): Promise<Snapshot> => {
  const repository = await openRepository(folder);
  const root = repository.getCommit(sha).treeId();
  const lfs = { read: () => undefined, download: async () => {} };
  return snapshotOf({ label: "mono", objects: libgit2Objects(repository, "mono"), root, lfs, submodules: new Map() }, commitOf(sha));
};

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";

/** Every source has an overlay of its own and a base of its own; all of them share one more. */
const monorepo = (): Files => {
  const shared = { "shared/kustomization.yaml": "resources: [cm.yaml]\n", "shared/cm.yaml": configMap };
  const each = Array.from({ length: sources }, (_, at) => [
    [`apps/app-${at}/base/kustomization.yaml`, "resources: [cm.yaml, ../../../shared]\n"],
    [`apps/app-${at}/base/cm.yaml`, configMap.replace("web", `app-${at}`)],
    [`apps/app-${at}/production/kustomization.yaml`, "resources: [../base]\npatches: [{path: patch.yaml}]\n"],
    [`apps/app-${at}/production/patch.yaml`, configMap],
  ]).flat();
  return { ...shared, ...Object.fromEntries(each) };
};
