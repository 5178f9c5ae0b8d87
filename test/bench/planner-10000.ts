import type { Inventory } from "../../shared/model/inventory.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { formatKey } from "../../shared/model/resource-key.ts";
import { applicationOptions, objectOptions } from "../../shared/policy/sync-options.ts";
import type { ClusterApis, LiveObject } from "../../shared/ports/cluster.ts";
import { desiredState } from "../../shared/sync/desired.ts";
import { groupsOf } from "../../shared/sync/operation/groups.ts";
import { hookTasks } from "../../shared/sync/operation/hooks.ts";
import { planSync } from "../../shared/sync/plan.ts";
import { anApplication } from "../support/sync-world.ts";
import { type BenchResult, goal, spreadOf } from "./result.ts";

const count = 10_000;
const rounds = 15;
const kinds = ["ConfigMap", "Secret", "Service", "ServiceAccount", "Pod"];

const apis: ClusterApis = {
  version: "v1.36.3",
  kinds: [...kinds, "Namespace"].map((kind) => ({
    apiVersion: "v1",
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced: kind !== "Namespace",
    verbs: [],
  })),
};

/** From rendered manifests, live objects and inventory to the steps of an operation: 10,000 objects of 5 kinds in 10 waves, a tenth of them changed. */
export const planner = async (): Promise<readonly BenchResult[]> => {
  const application = anApplication();
  const manifests = Array.from({ length: count }, (_, at) => objectAt(at));
  const { live, inventory } = standing(manifests);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const groups = planned(manifests, application, live, inventory);
    times.push(performance.now() - start);
    const work = groups.flatMap(({ changes }) => changes).filter(({ kind }) => kind !== "unchanged").length;
    if (groups.length !== 10 || work !== count / 10) throw new Error(`${groups.length} groups, ${work} changes`);
  }
  const ours = spreadOf(times);
  return [{ name: "planner-10000", unit: "ms", ours, others: {}, goals: [goal("≤ 150 ms", ours.median, ours.median <= 150)] }];
};

const planned = (
  manifests: readonly Manifest[],
  application: ReturnType<typeof anApplication>,
  live: ReadonlyMap<string, LiveObject>,
  inventory: Inventory,
) => {
  const desired = desiredState(manifests, application, apis);
  const options = applicationOptions(application);
  const optionsOf = (manifest: Manifest) => objectOptions(options, manifest);
  const rules = { application: application.name, prune: true, optionsOf, confirmed: false };
  const plan = planSync({
    ...rules,
    desired: desired.objects,
    inventory,
    live,
    ownerOf: () => undefined,
    matches: (_, { uid }) => uid !== "",
  });
  const run = { application: application.name, operation: "1.1", revision: "", startedAt: 0 };
  return groupsOf({ plan, hooks: hookTasks(desired.hooks, run), pruneLast: () => false });
};

const objectAt = (at: number): Manifest => ({
  apiVersion: "v1",
  kind: kinds[at % kinds.length] ?? "",
  metadata: {
    name: `object-${at}`,
    namespace: "production",
    annotations: { "argocd.argoproj.io/sync-wave": String(Math.floor(at / (count / 10))) },
    labels: { app: `app-${at % 100}` },
  },
  data: { at: String(at), colour: "blue" },
});

/** As the last sync left them; every tenth has another desired digest by now. */
const standing = (manifests: readonly Manifest[]) => {
  const { objects } = desiredState(manifests, anApplication(), apis);
  const live = new Map<string, LiveObject>();
  const inventory = new Map();
  for (const [at, { key, manifest, digest }] of objects.entries()) {
    const name = formatKey(key);
    live.set(name, { state: "found", object: { ...manifest, metadata: { ...manifest.metadata, uid: `uid-${at}`, resourceVersion: "1" } } });
    inventory.set(name, {
      key,
      apiVersion: "v1",
      uid: `uid-${at}`,
      resourceVersion: "1",
      fingerprint: "x",
      desired: at % 10 ? digest : "old",
    });
  }
  return { live, inventory };
};
