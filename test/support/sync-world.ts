import { parse } from "zod/mini";
import type { Application } from "../../shared/model/application.ts";
import { digestOf } from "../../shared/model/digest.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { usualBudget } from "../../shared/model/request-budget.ts";
import type { SyncRequest } from "../../shared/model/sync-request.ts";
import { readState } from "../../shared/state/application-state.ts";
import { declareApplication } from "../../shared/state/applications.ts";
import { readHistory } from "../../shared/state/events.ts";
import type { NoticeMessage, PushMessage, RenderMessage, SyncMessage } from "../../shared/state/messages.ts";
import { recordRender } from "../../shared/state/renders.ts";
import { SyncRequestItem } from "../../shared/state/sync-requests.ts";
import { wish, wishFailed, wishInput } from "../../shared/state/wishes.ts";
import type { SyncWorld } from "../../shared/sync/ports.ts";
import { syncApplication } from "../../shared/sync/sync-application.ts";
import { openTurns } from "../../shared/sync/turns/turns.ts";
import { type FakeCluster, type FakeClusterOptions, fakeCluster } from "../fakes/fake-cluster.ts";
import { memoryArtifacts } from "../fakes/memory-artifacts.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { memoryTable } from "../fakes/memory-table.ts";
import { plainJq } from "../fakes/plain-jq.ts";

/** An Application as most teams write it: automated, with prune and self-heal. */
export const anApplication = (change: Partial<Application> = {}): Application => ({
  name: "web",
  namespace: "argocd",
  project: "default",
  labels: {},
  annotations: {},
  finalizers: [],
  sources: [{ repoURL: "https://git.example.com/web.git", targetRevision: "main", path: "deploy" }],
  destination: { name: "harbor", namespace: "production" },
  syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
  ignoreDifferences: [],
  revisionHistoryLimit: 10,
  ...change,
});

export const configMap = (
  name: string,
  data: Readonly<Record<string, string>> = {},
  metadata: Partial<Manifest["metadata"]> = {},
): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data,
});

export const deployment = (name: string, metadata: Partial<Manifest["metadata"]> = {}): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, ...metadata },
  spec: { replicas: 1 },
});

/** As the deployment controller would say: rolled out, or given up for a reason. */
export const isReady = (cluster: FakeCluster, name: string, givenUp?: string): void =>
  cluster.edit({ apiVersion: "apps/v1", kind: "Deployment", namespace: "production", name }, "kube-controller-manager", (live) => ({
    ...live,
    status: {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
      conditions: [{ type: "Progressing", status: givenUp ? "False" : "True", reason: givenUp ?? "NewReplicaSetAvailable" }],
    },
  }));

export const job = (name: string, metadata: Partial<Manifest["metadata"]> = {}): Manifest => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name, ...metadata },
  spec: {},
});

/** As the job controller would say. */
export const endJob = (cluster: FakeCluster, name: string, type: "Complete" | "Failed", message = ""): void =>
  cluster.edit({ apiVersion: "batch/v1", kind: "Job", namespace: "production", name }, "kube-controller-manager", (live) => ({
    ...live,
    status: { conditions: [{ type, status: "True", message }] },
  }));

/** `elapsed` and `pause`: of a real clock, where time is measured. */
type WorldOptions = FakeClusterOptions & Partial<Pick<SyncWorld, "registry" | "clusters" | "pause"> & Pick<SyncWorld["clock"], "elapsed">>;

/** Table, artifacts, queues and one cluster in memory, and the moves that tests make with them. */
export const syncWorld = (options: WorldOptions = {}) => {
  const table = memoryTable();
  const artifacts = memoryArtifacts();
  const cluster = fakeCluster(options);
  const [renders, syncs, notices] = [memoryQueue<RenderMessage>(), memoryQueue<SyncMessage>(), memoryQueue<NoticeMessage>()];
  const pushes = memoryQueue<PushMessage>();
  const told: { event: string; facts: object }[] = [];
  let now = 1_700_000_000_000;
  let names = 0;
  let skew = 0;
  let grants = 0;
  const worker: Pick<SyncWorld, "table" | "clusters" | "syncs" | "clock" | "journal" | "pause"> = {
    table,
    // Tests put others in their place.
    clusters: {
      connect: (name) => world.clusters.connect(name),
      addresses: async (name) => (await world.clusters.addresses?.(name)) ?? [],
    },
    syncs,
    clock: { now: () => now + skew, elapsed: options.elapsed ?? (() => now) },
    journal: { tell: (event, facts) => void told.push({ event, facts }) },
    pause: async (milliseconds) => {
      now += milliseconds;
      await options.pause?.(milliseconds);
    },
  };
  const world: SyncWorld = {
    ...worker,
    clusters: options.clusters ?? { connect: async () => cluster },
    turns: openTurns({ ...worker, newName: () => `grant-${++grants}`, chance: () => 0.5, budget: usualBudget }),
    artifacts,
    pushes,
    renders,
    notices,
    newName: () => `worker-${++names}`,
    fingerprintKey: async () => "key",
    jq: plainJq(),
    renderLimits: { seconds: 90, outputBytes: 64 * 1024 * 1024 },
    registry: options.registry ?? { claims: () => false, withdraw: async () => 0, apply: async () => ({ results: [] }) },
  };
  const declare = (application: Application) => declareApplication(table, { application, cluster: "harbor", at: now });
  /** A commit as fetch and render leave it. */
  const commit = async (name: string, manifests: readonly Manifest[], sha = digestOf(JSON.stringify(manifests)).slice(0, 40)) => {
    const bytes = Buffer.from(JSON.stringify({ v: 1, manifests, warnings: [] }));
    const output = digestOf(bytes);
    await artifacts.put(`manifests/${output}`, bytes);
    await recordRender(table, `input-${sha}`, { kind: "rendered", output, objects: manifests.length });
    await wishInput(table, name, {
      input: `input-${sha}`,
      revisions: [{ repoURL: "https://git.example.com/web.git", sha }],
      trigger: "push",
      at: now,
    });
  };
  /** A commit that fetch cannot make anything of. */
  const breakSource = (name: string, reason: string) => wishFailed(table, name, { reason, trigger: "push", at: now });
  /** As a scan that saw drift with self-heal on. */
  const wishDrift = () => wish(table, "web", { drifted: true, trigger: "self-heal" }, now);
  /** As a person who asks for a sync. */
  const ask = (request: Partial<SyncRequest> = {}, application = "web") =>
    wish(table, application, { requested: parse(SyncRequestItem, { by: "ada", ...request }), trigger: "manual" }, now);
  /** As a person who ends an operation. */
  const wishTermination = (by = "ada") => wish(table, "web", { terminate: by }, now);
  /** As a person who says yes to what waits for one. */
  const wishApproval = (digest: string) => wish(table, "web", { approval: digest }, now);
  /** As a person who goes back to an entry of history, the newest with these manifests. */
  const rollBackTo = async (manifests: readonly Manifest[]) => {
    const output = digestOf(Buffer.from(JSON.stringify({ v: 1, manifests, warnings: [] })));
    const { input = "" } = (await readState(table, "web")) ?? {};
    const entry = (await readHistory(table, "web")).items.find((event) => event.manifests === output)?.id ?? "0";
    const requested = parse(SyncRequestItem, { by: "ada", prune: true, rollbackTo: entry });
    return wish(table, "web", { rollback: { to: entry, output, insteadOf: input, by: "ada" }, requested, trigger: "manual" }, now);
  };
  const sync = (application = "web", saw?: SyncMessage["saw"]) => syncApplication({ v: 1, application, saw }, world);
  return {
    world,
    table,
    artifacts,
    cluster,
    syncs,
    notices,
    renders,
    pushes,
    told,
    declare,
    commit,
    breakSource,
    wishDrift,
    ask,
    wishTermination,
    wishApproval,
    rollBackTo,
    sync,
    /** Steps, each after the wait that the last one asked for, until none is asked for; `between` sees the world before each wait. */
    settle: async (between: (step: number) => unknown = () => undefined) => {
      for (let step = 1; step <= 100; step++) {
        const next = await sync();
        await between(step);
        if (next.done) return step;
        now += next.seconds * 1000;
      }
      throw new Error("there is no end to it");
    },
    state: async (application = "web") => {
      const state = await readState(table, application);
      if (!state) throw new Error(`no state of ${application}`);
      return state;
    },
    history: async (application = "web") => (await readHistory(table, application)).items,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** The clock of whoever works next is so much ahead, or behind. */
    setClock: (milliseconds: number) => {
      skew = milliseconds;
    },
    live: (name: string, kind = "ConfigMap") => cluster.objects().find((object) => object.metadata.name === name && object.kind === kind),
  };
};
