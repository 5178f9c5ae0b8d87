import type { Table } from "../shared/ports/table.ts";
import { readClusterFacts } from "../shared/state/clusters.ts";
import { applicationsOfRepository } from "../shared/state/groups.ts";
import { followedRepositories, type Outage } from "../shared/state/repositories.ts";
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

/** A cluster that the last scan could not reach. Times in ms since 1970. */
export interface ClusterOutage {
  readonly cluster: string;
  readonly since: number | undefined;
  readonly reason: string;
}

export const readClusterOutages = async (table: Table, clusters: readonly string[]): Promise<readonly ClusterOutage[]> => {
  const facts = await Promise.all(
    [...new Set(clusters)].map(async (cluster) => ({ cluster, facts: await readClusterFacts(table, cluster) })),
  );
  return facts.flatMap(({ cluster, facts: known }) =>
    known?.reachable === false ? [{ cluster, since: known.since, reason: known.error ?? "" }] : [],
  );
};

export const describeClusterOutage = ({ cluster, since, reason }: ClusterOutage, now: number): string =>
  `cluster ${cluster} cannot be reached${since === undefined ? "" : `, first seen ${ago(since, now)}`}: ${oneLine(reason, 300)}`;

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
