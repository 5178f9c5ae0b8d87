import type { ClusterRecord } from "../../model/cluster.ts";
import { digestOf } from "../../model/digest.ts";
import { Failure } from "../../model/failure.ts";
import type { Cluster, Clusters } from "../../ports/cluster.ts";
import { type AccessWorld, accessOf, accessOfKubeconfig, type ClusterAccess } from "./access.ts";
import { openCluster } from "./cluster.ts";
import { realPace } from "./requests.ts";

export interface ClustersWorld extends AccessWorld {
  /** The record of a registered cluster; undefined where there is none. Asked at every connect, so that a change is seen. */
  readonly record: (name: string) => Promise<ClusterRecord | undefined>;
  /** Requests that may be in flight to one cluster; as many as an API server bears without it. */
  readonly inFlight?: number;
  /** By cluster name: kubeconfigs that the machine's owner named on the command line. They need no record. */
  readonly kubeconfigs?: Readonly<Record<string, { readonly file: string; readonly context?: string }>>;
}

interface Warm {
  readonly version: string;
  readonly cluster: Promise<Cluster>;
}

/** One warm connection per cluster, shared by all who ask, until its record changes or it fails: then everything is looked up anew. */
export const openClusters = (world: ClustersWorld): Clusters & { close(): Promise<void> } => {
  const warm = new Map<string, Warm>();

  const drop = (name: string, entry: Warm): void => {
    if (warm.get(name) === entry) warm.delete(name);
    entry.cluster.then((cluster) => cluster.close()).catch(() => undefined);
  };

  const connect = async (name: string): Promise<Cluster> => {
    const { version, access } = await find(name, world);
    const known = warm.get(name);
    if (known?.version === version) return known.cluster;
    if (known) drop(name, known);
    const cluster = access().then(({ address, credentials }) =>
      watched(openCluster(address, credentials, realPace, world.inFlight), () => drop(name, entry)),
    );
    const entry: Warm = { version, cluster };
    warm.set(name, entry);
    cluster.catch(() => drop(name, entry));
    return cluster;
  };

  return {
    connect,
    close: async () => {
      const open = [...warm.values()];
      warm.clear();
      await Promise.all(open.map(({ cluster }) => cluster.then((each) => each.close()).catch(() => undefined)));
    },
  };
};

const find = async (name: string, world: ClustersWorld): Promise<{ version: string; access: () => Promise<ClusterAccess> }> => {
  const given = world.kubeconfigs?.[name];
  if (given) return { version: "command line", access: () => accessOfKubeconfig(name, given.file, given.context) };
  const record = await world.record(name);
  if (!record) throw new Failure("DestinationUnknown", name, `No cluster ${name} is registered; declare it, or correct the destination.`);
  return { version: digestOf(JSON.stringify(record)), access: () => accessOf(record, world) };
};

/** A cluster that moved, got another CA or forgot our token is found again by looking everything up; those still waiting are not cut off. */
const watched = (cluster: Cluster, failed: () => void): Cluster => {
  const watch = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      if (error instanceof Failure && (error.code === "ClusterUnreachable" || error.code === "ClusterForbidden")) failed();
      throw error;
    }
  };
  return {
    discover: (options) => watch(cluster.discover(options)),
    get: (at) => watch(cluster.get(at)),
    list: (query) => watch(cluster.list(query)),
    apply: (manifest, options) => watch(cluster.apply(manifest, options)),
    create: (manifest, options) => watch(cluster.create(manifest, options)),
    replace: (manifest, options) => watch(cluster.replace(manifest, options)),
    patch: (at, patch, options) => watch(cluster.patch(at, patch, options)),
    delete: (at, options) => watch(cluster.delete(at, options)),
    watch: async function* (query, stop) {
      const events = cluster.watch(query, stop)[Symbol.asyncIterator]();
      try {
        for (let next = await watch(events.next()); !next.done; next = await watch(events.next())) yield next.value;
      } finally {
        await events.return?.();
      }
    },
    close: () => cluster.close(),
  };
};
