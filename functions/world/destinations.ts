import type { Installation } from "../../shared/config/schema.ts";
import type { Destination } from "../../shared/model/application.ts";
import type { ClusterRecord } from "../../shared/model/cluster.ts";
import { Failure } from "../../shared/model/failure.ts";

/** There is no "in-cluster" here: these two mean the default cluster of the installation file. */
const defaultServer = "https://kubernetes.default.svc";
const defaultName = "in-cluster";

/** The cluster that a destination means, by name or by server. Throws DestinationUnknown with the names there are. */
export const clusterOf = (installation: Installation, destination: Destination): string => {
  const { clusters } = installation;
  const wanted = destination.name ?? destination.server ?? "";
  if (wanted === defaultServer || wanted === defaultName) return defaultCluster(installation);
  const found = clusters.find((cluster) => (destination.name === undefined ? servesAt(cluster, wanted) : cluster.name === wanted));
  if (found) return found.name;
  const known = clusters.map(({ name }) => name).join(", ");
  throw new Failure("DestinationUnknown", wanted, `no cluster ${wanted} is registered; there are: ${known || "none"}`);
};

/** By address, or by ARN, as the EKS capability for Argo CD writes it. */
const servesAt = (cluster: ClusterRecord, server: string): boolean => cluster.server === server || cluster.eks?.cluster === server;

export const defaultCluster = ({ clusters, defaultCluster: named }: Installation): string => {
  const only = clusters.length === 1 ? clusters[0]?.name : undefined;
  const name = named ?? only;
  if (name !== undefined) return name;
  throw new Failure(
    "DestinationUnknown",
    defaultServer,
    `${defaultServer} means the default cluster, and the installation file names none: set defaultCluster`,
  );
};
