import type { Table } from "../shared/ports/table.ts";
import { readClusterFacts } from "../shared/state/clusters.ts";
import { applicationsOfRepository } from "../shared/state/groups.ts";
import { followedRepositories, type Outage } from "../shared/state/repositories.ts";
import { circuitOf, readTraffic, type Traffic } from "../shared/state/slots.ts";
import { ago, oneLine } from "./layout.ts";

/** A repository, or a chart, that cannot be read, and who waits for it. */
export interface SourceOutage extends Outage {
  readonly repository: string;
  readonly applications: readonly string[];
}

/** Joined when it is asked for, so that an outage costs one write however many Applications follow the repository. */
export const readOutages = async (table: Table): Promise<readonly SourceOutage[]> => {
  const outages: SourceOutage[] = [];
  for await (const { repository, outage } of followedRepositories(table)) {
    if (outage) outages.push({ ...outage, repository, applications: await applicationsOfRepository(table, repository) });
  }
  return outages;
};

/** A cluster that cannot be reached. Times in ms since 1970. */
export interface ClusterOutage {
  readonly cluster: string;
  readonly since: number | undefined;
  readonly reason: string;
  readonly traffic: Traffic;
}

/** A cluster at which steps wait for others to end. */
export interface BusyCluster {
  readonly cluster: string;
  readonly traffic: Traffic;
}

export const readClusterOutages = async (table: Table, clusters: readonly string[]): Promise<readonly ClusterOutage[]> => {
  const read = await Promise.all(
    [...new Set(clusters)].map(async (cluster) => {
      const [facts, traffic] = await Promise.all([readClusterFacts(table, cluster), readTraffic(table, cluster)]);
      return { cluster, facts, traffic };
    }),
  );
  return read.flatMap(({ cluster, facts, traffic }) =>
    facts?.reachable === false ? [{ cluster, since: facts.since, reason: facts.error ?? "", traffic }] : [],
  );
};

export const readBusyClusters = async (table: Table, clusters: readonly string[]): Promise<readonly BusyCluster[]> => {
  const read = await Promise.all([...new Set(clusters)].map(async (cluster) => ({ cluster, traffic: await readTraffic(table, cluster) })));
  return read.filter(({ traffic }) => traffic.waiting > 0 && traffic.used > 0);
};

export const describeClusterOutage = ({ cluster, since, reason, traffic }: ClusterOutage, now: number): string =>
  `cluster ${cluster} cannot be reached${since === undefined ? "" : `, first seen ${ago(since, now)}`}: ${oneLine(reason, 300)}${heldOff(traffic)}`;

/** What that means for who waits for it. */
const heldOff = (traffic: Traffic): string => {
  const tried = traffic.probes === 0 ? "" : `, tried ${traffic.probes === 1 ? "once" : `${traffic.probes} times`} since`;
  switch (circuitOf(traffic)) {
    case "closed":
      return "";
    case "open":
      return ` (circuit open: syncs wait, one looks every half minute or so${tried})`;
    case "half-open":
      return ` (circuit half-open: one sync looks whether it is back${tried})`;
  }
};

export const describeBusyCluster = ({ cluster, traffic: { used, waiting, grants } }: BusyCluster): string => {
  const projects = new Set(grants.map(({ project }) => project)).size;
  return `cluster ${cluster} is busy: ${used} request slots in use by ${projects} project${projects === 1 ? "" : "s"}, about ${waiting} Applications wait`;
};

/** `git.example.com/team/config cannot be read since 5 min: … (tried 20 s ago, again in 40 s)` */
export const describeOutage = ({ repository, since, reason, triedAt, nextAt }: SourceOutage, now: number): string => {
  const again = nextAt === undefined ? "" : nextAt <= now ? ", again any moment" : `, again in ${Math.ceil((nextAt - now) / 1000)} s`;
  return `${oneLine(repository, 120)} cannot be read, first seen ${ago(since, now)}: ${oneLine(reason, 300)} (tried ${ago(triedAt, now)}${again})`;
};

/** The same for programs, times as ISO 8601. */
export const outageFacts = ({ repository, since, reason, triedAt, nextAt }: SourceOutage) => ({
  repository,
  reason,
  since: new Date(since).toISOString(),
  triedAt: new Date(triedAt).toISOString(),
  nextAt: nextAt === undefined ? null : new Date(nextAt).toISOString(),
});
