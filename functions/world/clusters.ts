import { describeEks } from "../../shared/adapters/eks/clusters.ts";
import { openClusters } from "../../shared/adapters/kubernetes/clusters.ts";
import { addressesOf } from "../../shared/config/destinations.ts";
import type { Installation } from "../../shared/config/schema.ts";
import type { RequestBudget } from "../../shared/model/request-budget.ts";
import type { Clusters } from "../../shared/ports/cluster.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";
import type { Table } from "../../shared/ports/table.ts";
import { declaredClusters, readClusterRecord } from "../../shared/state/cluster-records.ts";

/** Connections to registered clusters: those of the installation file, and those that the control repository declares. */
export const clustersOf = (installation: Installation, table: Table, secrets: Secrets): Clusters => {
  const record = async (name: string) =>
    installation.clusters.find((cluster) => cluster.name === name) ?? (await readClusterRecord(table, name));
  const inFlight = installation.limits.requestsPerCluster;
  const clusters = openClusters({ record, secrets, describeEks, allowLoopback: installation.allowLoopback, inFlight });
  return { ...clusters, addresses: async (name) => addressesOf(name, await record(name), installation) };
};

export const requestBudgetOf = ({ limits }: Installation): RequestBudget => ({
  requests: limits.requestsPerCluster,
  perSecond: limits.requestsPerSecond,
});

/** One of which the record cannot be read is told when somebody connects to it. */
export const clusterNamesOf = async (installation: Installation, table: Table): Promise<readonly string[]> => {
  const given = installation.clusters.map(({ name }) => name);
  return [...new Set([...given, ...(await declaredClusters(table))])];
};
