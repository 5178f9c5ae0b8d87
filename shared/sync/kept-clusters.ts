import type { Cluster, Clusters } from "../ports/cluster.ts";
import type { Lease } from "../state/leases.ts";
import type { RegistryPort } from "./ports.ts";

/**
 * The same clusters for the holder of a lease: each request is begun only while the lease is known to be kept. So a look that takes minutes keeps
 * it, too, and whoever slept too long stops before the next request, whichever that is. Every call may throw LeaseLost.
 */
export const keptClusters = (clusters: Clusters, lease: Lease): Clusters => ({
  ...clusters,
  connect: async (name) => keptCluster(await clusters.connect(name), lease),
});

/** The same for what goes to the table instead of a cluster: declarations of a holder that lost its lease would take the place of newer ones. */
export const keptRegistry = (registry: RegistryPort, lease: Lease): RegistryPort => ({
  claims: (manifest, application) => registry.claims(manifest, application),
  withdraw: async (parent) => {
    await lease.keep();
    return registry.withdraw(parent);
  },
  apply: async (request) => {
    await lease.keep();
    return registry.apply(request);
  },
});

const keptCluster = (cluster: Cluster, lease: Lease): Cluster => {
  const kept = async <T>(call: () => Promise<T>): Promise<T> => {
    await lease.keep();
    return call();
  };
  return {
    discover: (options) => kept(() => cluster.discover(options)),
    get: (at) => kept(() => cluster.get(at)),
    list: (query) => kept(() => cluster.list(query)),
    apply: (manifest, options) => kept(() => cluster.apply(manifest, options)),
    create: (manifest, options) => kept(() => cluster.create(manifest, options)),
    replace: (manifest, options) => kept(() => cluster.replace(manifest, options)),
    patch: (at, patch, options) => kept(() => cluster.patch(at, patch, options)),
    delete: (at, options) => kept(() => cluster.delete(at, options)),
    watch: (query, stop) => cluster.watch(query, stop),
    close: () => cluster.close(),
  };
};
