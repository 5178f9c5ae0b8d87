/**
 * The drift stage: compares what a cluster holds with what was last applied, from stored fingerprints, without rendering and without a call
 * per object. It changes nothing in the cluster: where self-heal is on it wishes for a sync, elsewhere it says what moved.
 */
import { Failure } from "../model/failure.ts";
import type { Cluster, ClusterApis } from "../ports/cluster.ts";
import { type ApplicationState, isDirty, readStates, wish } from "../state/application-state.ts";
import { readApplication } from "../state/applications.ts";
import { applicationsOfCluster, type ClusterFacts, readClusterFacts, recordClusterFacts } from "../state/clusters.ts";
import { readInventories } from "../state/inventories.ts";
import { apiVersionsOf } from "./api-versions.ts";
import { type Judgement, judge } from "./judge.ts";
import { noteHealth } from "./note-health.ts";
import type { DriftWorld } from "./ports.ts";
import { reportDrift } from "./report.ts";
import { liveByLists } from "./shared-lists.ts";

/** Scans one cluster. One that is down is remembered as such and delays nobody else. */
export const scanCluster = async (name: string, world: DriftWorld): Promise<void> => {
  const before = await readClusterFacts(world.table, name);
  try {
    const cluster = await world.clusters.connect(name);
    const apis = await cluster.discover({ fresh: true });
    await recordReachable(name, before, { version: apis.version, apiVersions: apiVersionsOf(apis) }, world);
    if (before?.reachable === false) await wakeFailed(name, world);
    if (servesOtherApis(before, apis)) await evaluateAgain(name, world);
    for await (const applications of applicationsOfCluster(world.table, name)) await scanPage(cluster, applications, world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await recordUnreachable(name, before, error, world);
  }
};

/** Version and API list are part of the inputs that use them; those that do not come to the same input, and nothing is written for them. */
const servesOtherApis = (before: ClusterFacts | undefined, apis: ClusterApis): boolean =>
  before?.version !== apis.version || before.apiVersions.join() !== apiVersionsOf(apis).join();

const evaluateAgain = async (cluster: string, world: DriftWorld): Promise<void> => {
  for await (const applications of applicationsOfCluster(world.table, cluster)) {
    await world.pushes.send(applications.map((application) => ({ body: { v: 1 as const, kind: "application" as const, application } })));
  }
};

const scanPage = async (cluster: Cluster, applications: readonly string[], world: DriftWorld): Promise<void> => {
  const states = await readStates(world.table, applications);
  const settled = applications.filter((name) => isSettled(states.get(name)));
  const inventories = await readInventories(world.table, world.artifacts, settled);
  const live = await liveByLists(cluster, inventories.values());
  const key = await world.fingerprintKey();
  for (const [application, inventory] of inventories) {
    const state = states.get(application);
    if (state) await actOn(application, state, judge(application, inventory, live, key), cluster, world);
  }
};

/** Whoever is at work, or has failed and will be tried again, is not drifting. */
const isSettled = (state: ApplicationState | undefined): boolean =>
  state !== undefined && !isDirty(state) && state.owner === undefined && state.retryAt === undefined && state.syncedOutput !== undefined;

const actOn = async (name: string, state: ApplicationState, judgement: Judgement, cluster: Cluster, world: DriftWorld): Promise<void> => {
  if (judgement.missing.length === 0 && judgement.moved.length === 0) {
    await noteHealth(name, state, judgement.health, world);
    return;
  }
  const application = await readApplication(world.table, name);
  if (!application) return;
  world.journal.tell("drift", {
    application: name,
    cluster: state.cluster,
    missing: judgement.missing.length,
    moved: judgement.moved.length,
  });
  if (application.syncPolicy.automated?.selfHeal) {
    await wish(world.table, name, { drifted: true, trigger: "self-heal" }, world.clock.now());
    await world.syncs.send([{ body: { v: 1, application: name }, group: application.project }]);
  } else {
    await reportDrift(application, state, judgement, cluster, world);
  }
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
