/**
 * The drift stage: compares what a cluster holds with what was last applied, from stored fingerprints, without rendering and without a call
 * per object. It changes nothing in the cluster: where self-heal is on it wishes for a sync, elsewhere it says what moved.
 */
import type { Application } from "../model/application.ts";
import { Failure, type FailureCode } from "../model/failure.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Cluster, ClusterApis } from "../ports/cluster.ts";
import { type ApplicationState, isDirty, readStates, wish } from "../state/application-state.ts";
import { readApplications } from "../state/applications.ts";
import { applicationsOfCluster, type ClusterFacts, claimScan, readClusterFacts, recordClusterFacts } from "../state/clusters.ts";
import { readInventories, readInventory } from "../state/inventories.ts";
import { apiVersionsOf } from "./api-versions.ts";
import { type Judgement, judge } from "./judge.ts";
import { noteHealth } from "./note-health.ts";
import type { DriftWorld } from "./ports.ts";
import { reportDrift, reportRestored } from "./report.ts";
import { liveByLists } from "./shared-lists.ts";

/** A schedule that fires twice starts one scan. Milliseconds; below any interval. */
const claimLasts = 2_000;

/** Scans one cluster. One that is down is remembered as such and delays nobody else; an Application in trouble delays no other. */
export const scanCluster = async (name: string, world: DriftWorld): Promise<void> => {
  const before = await readClusterFacts(world.table, name);
  if (!(await claimScan(world.table, name, before?.claimedAt, world.clock.now(), claimLasts))) return;
  try {
    const cluster = await world.clusters.connect(name);
    const apis = await cluster.discover({ fresh: true });
    await recordReachable(name, before, { version: apis.version, apiVersions: apiVersionsOf(apis) }, world);
    if (before?.reachable === false) await wakeFailed(name, world);
    if (servesOtherApis(before, apis)) await evaluateAgain(name, world);
    for await (const applications of applicationsOfCluster(world.table, name)) await scanPage(cluster, applications, world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (saysNothingOfCluster.has(error.code)) world.journal.tell("scan-failed", { cluster: name, code: error.code, reason: error.message });
    else await recordUnreachable(name, before, error, world);
  }
};

/** Trouble of our own, such as with the table: the cluster may be well. */
const saysNothingOfCluster: ReadonlySet<FailureCode> = new Set([
  "TableUnavailable",
  "QueueUnavailable",
  "ArtifactMissing",
  "ArtifactStoreUnavailable",
  "SecretStoreUnavailable",
  "ItemUnreadable",
]);

/** Version and API list are part of the inputs that use them; those that do not come to the same input, and nothing is written for them. */
const servesOtherApis = (before: ClusterFacts | undefined, apis: ClusterApis): boolean =>
  before?.version !== apis.version || before.apiVersions.join() !== apiVersionsOf(apis).join();

const evaluateAgain = async (cluster: string, world: DriftWorld): Promise<void> => {
  for await (const applications of applicationsOfCluster(world.table, cluster)) {
    await world.pushes.send(applications.map((application) => ({ body: { v: 1 as const, kind: "application" as const, application } })));
  }
};

const scanPage = async (cluster: Cluster, names: readonly string[], world: DriftWorld): Promise<void> => {
  const states = await readStates(world.table, names);
  const settled = names.filter((name) => isSettled(states.get(name)));
  const declared = new Map((await readApplications(world.table, settled)).map((application) => [application.name, application]));
  const inventories = await inventoriesOf(settled, world);
  const live = await liveByLists(cluster, inventories.values());
  const key = await world.fingerprintKey();
  for (const [name, inventory] of inventories) {
    const [state, application] = [states.get(name), declared.get(name)];
    if (!state || !application) continue;
    const judgement = judge(application, inventory, live, key);
    await unlessFailed(name, world, () => actOn(application, state, judgement, cluster, world));
  }
};

/** All in one read; where one of them cannot be read, each for itself. */
const inventoriesOf = async (names: readonly string[], world: DriftWorld): Promise<ReadonlyMap<string, Inventory>> => {
  const { table, artifacts } = world;
  try {
    return await readInventories(table, artifacts, names);
  } catch (error) {
    if (!(error instanceof Failure) || error.retry) throw error;
    const read = new Map<string, Inventory>();
    for (const name of names) await unlessFailed(name, world, async () => void read.set(name, await readInventory(table, artifacts, name)));
    return read;
  }
};

/** What only this Application suffers from, such as manifests that are not in the store, is told and keeps no other from being looked at. */
const unlessFailed = async (application: string, { journal }: DriftWorld, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.retry) throw error;
    journal.tell("scan-failed", { application, code: error.code, reason: error.message });
  }
};

/** Whoever is at work, or has failed and will be tried again, is not drifting. */
const isSettled = (state: ApplicationState | undefined): boolean =>
  state !== undefined && !isDirty(state) && state.owner === undefined && state.retryAt === undefined && state.syncedOutput !== undefined;

const actOn = async (
  application: Application,
  state: ApplicationState,
  judgement: Judgement,
  cluster: Cluster,
  world: DriftWorld,
): Promise<void> => {
  const { name, project, syncPolicy } = application;
  const { missing, moved } = judgement;
  if (missing.length === 0 && moved.length === 0) {
    if (state.drifted) return reportRestored(name, state, world);
    return noteHealth(name, state, judgement.health, world);
  }
  if (!syncPolicy.automated?.selfHeal) return reportDrift(application, state, judgement, cluster, world);
  world.journal.tell("drift", { application: name, cluster: state.cluster, missing: missing.length, moved: moved.length });
  await wish(world.table, name, { drifted: true, trigger: "self-heal" }, world.clock.now());
  await world.syncs.send([{ body: { v: 1, application: name }, group: project }]);
};

const recordReachable = async (
  name: string,
  before: ClusterFacts | undefined,
  facts: Pick<ClusterFacts, "version" | "apiVersions">,
  world: DriftWorld,
): Promise<void> => {
  const now = world.clock.now();
  if (before?.reachable === false)
    world.journal.tell("cluster-back", { cluster: name, downSeconds: Math.round((now - (before.since ?? now)) / 1000) });
  await recordClusterFacts(world.table, name, {
    ...facts,
    reachable: true,
    since: before?.reachable === true ? before.since : now,
    scannedAt: now,
    error: undefined,
  });
};

const recordUnreachable = async (name: string, before: ClusterFacts | undefined, failure: Failure, world: DriftWorld): Promise<void> => {
  const now = world.clock.now();
  if (before?.reachable !== false) world.journal.tell("cluster-unreachable", { cluster: name, reason: failure.message });
  await recordClusterFacts(world.table, name, {
    version: before?.version,
    apiVersions: before?.apiVersions ?? [],
    reachable: false,
    since: before?.reachable === false ? before.since : now,
    scannedAt: now,
    error: failure.message,
  });
};

/** What failed while the cluster was away need not wait for its next try. */
const wakeFailed = async (cluster: string, world: DriftWorld): Promise<void> => {
  for await (const applications of applicationsOfCluster(world.table, cluster)) {
    const states = await readStates(world.table, applications);
    const failed = applications.filter((name) => states.get(name)?.retryAt !== undefined);
    for (const name of failed) await wish(world.table, name, {}, world.clock.now());
    await world.syncs.send(failed.map((application) => ({ body: { v: 1 as const, application } })));
  }
};
