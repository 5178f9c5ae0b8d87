import type { Destination } from "../model/application.ts";
import type { ClusterRecord } from "../model/cluster.ts";
import { Failure } from "../model/failure.ts";
import { closest } from "../model/field-problem.ts";

/** What Argo CD calls the cluster it runs in. There is no such cluster here: the default one is meant. */
const inCluster = { server: "https://kubernetes.default.svc", name: "in-cluster" };

/** The registered clusters, those of the installation file and those that the control repository declares. */
export interface KnownClusters {
  readonly clusters: readonly ClusterRecord[];
  readonly defaultCluster: string | undefined;
}

/** The default cluster: the one named, else the only one of the installation file. */
export const knownClusters = (
  installation: { readonly clusters: readonly ClusterRecord[]; readonly defaultCluster?: string },
  declared: readonly ClusterRecord[] = [],
): KnownClusters => {
  const [first, ...others] = installation.clusters;
  const names = new Set(installation.clusters.map(({ name }) => name));
  return {
    // The installation file wins: a repository cannot put another cluster under a name that is given there.
    clusters: [...installation.clusters, ...declared.filter(({ name }) => !names.has(name))],
    defaultCluster: installation.defaultCluster ?? (others.length === 0 ? first?.name : undefined),
  };
};

/** What a cluster is called by besides its name, as rules for clusters in Argo CD's settings may have it. */
export const addressesOf = (
  name: string,
  record: ClusterRecord | undefined,
  installation: Parameters<typeof knownClusters>[0],
): readonly string[] => {
  const isDefault = knownClusters(installation).defaultCluster === name;
  return [record?.server, record?.eks?.cluster, ...(isDefault ? [inCluster.server, inCluster.name] : [])].filter(
    (address) => address !== undefined,
  );
};

/** Name of the registered cluster that a destination means. Throws DestinationUnknown. */
export const clusterOf = (destination: Destination, known: KnownClusters): string => {
  const { server = "", name = "" } = destination;
  if ((server === "") === (name === "")) {
    throw unknown(
      server || "destination",
      `the destination has ${server === "" ? "neither server nor name" : "both server and name"}; give one of the two`,
    );
  }
  if (name === inCluster.name || sameServer(server, inCluster.server)) return defaultOf(known);
  const found = known.clusters
    .filter((cluster) => (name === "" ? reaches(cluster, server) : cluster.name === name))
    .map((cluster) => cluster.name);
  const [only, second] = found;
  if (only === undefined) throw name === "" ? unknownServer(server) : unknownName(name, known);
  if (second !== undefined)
    throw unknown(
      server,
      `destination.server ${server} is the address of several clusters (${found.join(", ")}); give destination.name instead`,
    );
  return only;
};

const defaultOf = ({ clusters, defaultCluster }: KnownClusters): string => {
  if (defaultCluster === undefined)
    throw unknown(
      inCluster.server,
      `${inCluster.server} means the default cluster, and the installation file names none; set defaultCluster there`,
    );
  if (clusters.every(({ name }) => name !== defaultCluster))
    throw unknown(defaultCluster, `the installation file's defaultCluster ${defaultCluster} is not a registered cluster`);
  return defaultCluster;
};

const unknownName = (name: string, { clusters }: KnownClusters): Failure => {
  const meant = closest(
    name,
    clusters.map((cluster) => cluster.name),
  );
  const hint = meant === undefined ? "register it in the installation file or by a cluster Secret" : `did you mean ${meant}?`;
  return unknown(name, `destination.name ${name} is not a registered cluster; ${hint}`);
};

const unknownServer = (server: string): Failure =>
  unknown(
    server,
    `destination.server ${server} is not a registered cluster's; register it in the installation file or by a cluster Secret`,
  );

const reaches = ({ server, eks }: ClusterRecord, wanted: string): boolean =>
  (server !== undefined && sameServer(server, wanted)) || (eks !== undefined && eks.cluster === wanted);

/** A trailing slash, the usual port and letter case of the host make no difference. */
const sameServer = (a: string, b: string): boolean => a !== "" && b !== "" && (URL.parse(a)?.href ?? a) === (URL.parse(b)?.href ?? b);

const unknown = (subject: string, message: string): Failure => new Failure("DestinationUnknown", subject, message);
