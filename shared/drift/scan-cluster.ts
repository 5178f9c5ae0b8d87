/**
 * The drift stage: compares what a cluster holds with what was last applied, from stored fingerprints, without rendering and without a call
 * per object. It changes nothing in the cluster: where self-heal is on it wishes for a sync, elsewhere it says what moved.
 */
import { Failure, type FailureCode } from "../model/failure.ts";
import { defaultProject } from "../model/project.ts";
import { usualBudget } from "../model/request-budget.ts";
import { servingTime } from "../policy/request-budget.ts";
import type { ClusterApis } from "../ports/cluster.ts";
import { readStates } from "../state/application-state.ts";
import { clusterIsBack } from "../state/cluster-outages.ts";
import {
  applicationsOfCluster,
  type ClusterFacts,
  claimScan,
  readClusterFacts,
  recordClusterFacts,
  recordTold,
} from "../state/clusters.ts";
import { holdOff } from "../state/slots.ts";
import { apiVersionsOf } from "./api-versions.ts";
import { tellLeftBehind } from "./left-behind.ts";
import { lookAtApplications } from "./look.ts";
import type { DriftWorld } from "./ports.ts";
import { knowingOthers } from "./unreadable-kinds.ts";

/** A schedule that fires twice starts one scan. Milliseconds; below any interval. */
const claimLasts = 2_000;

/** Scans one cluster. One that is down is remembered as such and delays nobody else; an Application in trouble delays no other. */
export const scanCluster = async (name: string, world: DriftWorld): Promise<void> => {
  const before = await readClusterFacts(world.table, name);
  const claimedAt = world.clock.now();
  if (!(await claimScan(world.table, name, before?.claimedAt, claimedAt, claimLasts))) return;
  let isThere = false;
  try {
    const cluster = knowingOthers(await world.clusters.connect(name), world.journal.tell);
    const apis = await cluster.discover({ fresh: true });
    isThere = true;
    if (before?.reachable === false) await clusterIsBack(name, (count) => servingTime(count, world.budget ?? usualBudget), world);
    const toTell = before?.toTell !== undefined || servesOtherApis(before, apis) ? claimedAt : undefined;
    await recordReachable(name, before, { version: apis.version, apiVersions: apiVersionsOf(apis), toTell }, world);
    if (toTell !== undefined) await evaluateAgain(name, toTell, world);
    // One that was away is looked at as a whole: what was due meanwhile was not looked at.
    const previous = before?.reachable === true ? before.claimedAt : undefined;
    for await (const applications of applicationsOfCluster(world.table, name))
      await lookAtApplications(name, cluster, applications, world, { apis, previous });
    await tellLeftBehind(name, { cluster, apis, searchedIn: before?.searchedIn }, world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (saysNothingOfCluster.has(error.code)) world.journal.tell("scan-failed", { cluster: name, code: error.code, reason: error.message });
    else await recordUnreachable(name, before, error, world);
    // An API that answers badly about some objects is no reason to keep everybody away.
    if (!isThere && error.code === "ClusterUnreachable")
      await holdOff(world.table, name, { since: world.clock.now(), reason: error.message });
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
  "ItemNewer",
]);

/** Version and API list are part of the inputs that use them; those that do not come to the same input, and nothing is written for them. */
const servesOtherApis = (before: ClusterFacts | undefined, apis: ClusterApis): boolean =>
  before?.version !== apis.version || before.apiVersions.join() !== apiVersionsOf(apis).join();

/** Fetch reads the facts where they stand: they are written first, with a mark that stays until all are told. */
const evaluateAgain = async (cluster: string, toTell: number, world: DriftWorld): Promise<void> => {
  for await (const applications of applicationsOfCluster(world.table, cluster)) {
    const states = await readStates(world.table, applications, () => undefined);
    const projectOf = (name: string) => states.get(name)?.project ?? defaultProject;
    await world.pushes.send(
      applications.map((application) => ({
        body: { v: 1 as const, kind: "application" as const, application },
        group: projectOf(application),
      })),
    );
  }
  await recordTold(world.table, cluster, toTell);
};

const recordReachable = async (
  name: string,
  before: ClusterFacts | undefined,
  facts: Pick<ClusterFacts, "version" | "apiVersions" | "toTell">,
  world: DriftWorld,
): Promise<void> => {
  const now = world.clock.now();
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
