import { Failure } from "../model/failure.ts";
import type { ApplyAnswer, Cluster, Clusters, WriteOptions } from "../ports/cluster.ts";
import type { Lease } from "../state/leases.ts";
import type { LateWrites } from "./late-writes.ts";
import type { RegistryPort } from "./ports.ts";

/**
 * The same clusters for the holder of a lease: each request is begun only while the lease is known to be kept. So a look that takes minutes keeps
 * it, too, and whoever slept too long stops before the next request, whichever that is. Every call may throw LeaseLost.
 * What was applied or deleted while nobody knew whose the lease is, `late` is told: a create is bound to nothing that stands, and an update to a version that
 * may stand again, or still, when a newer sync has found that Git wants just that.
 */
export const keptClusters = (clusters: Clusters, lease: Lease, late: LateWrites): Clusters => ({
  ...clusters,
  connect: async (name) => keptCluster(await clusters.connect(name), lease, late),
});

/** The same for what goes to the table instead of a cluster: declarations of a holder that lost its lease would take the place of newer ones. */
export const keptRegistry = (registry: RegistryPort, lease: Lease, late: LateWrites): RegistryPort => ({
  claims: (manifest, application) => registry.claims(manifest, application),
  withdraw: async (parent) => {
    await lease.keep();
    return registry.withdraw(parent);
  },
  apply: async (request) => {
    await lease.keep();
    const answer = await registry.apply(request);
    await keptUntilNow(lease, () => late.declared());
    return answer;
  },
});

/** Throws as `keep`, after `otherwise`. */
const keptUntilNow = async (lease: Lease, otherwise: () => Promise<void>): Promise<void> => {
  try {
    await lease.keep();
  } catch (error) {
    if (error instanceof Failure && error.code === "LeaseLost") await otherwise();
    throw error;
  }
};

const keptCluster = (cluster: Cluster, lease: Lease, late: LateWrites): Cluster => {
  const kept = async <T>(call: () => Promise<T>): Promise<T> => {
    await lease.keep();
    return call();
  };
  const undoOf = ({ object, created }: Extract<ApplyAnswer, { state: "applied" }>, { as }: WriteOptions) => {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace = "", uid, resourceVersion } = metadata;
    if (!created || uid === undefined || resourceVersion === undefined) return undefined;
    const bound = { uid, resourceVersion, propagation: "Background" as const, ...(as !== undefined && { as }) };
    return () => cluster.delete({ apiVersion, kind, namespace, name }, bound);
  };
  const made = async (options: WriteOptions, call: () => Promise<ApplyAnswer>): Promise<ApplyAnswer> => {
    const answer = await kept(call);
    if (answer.state === "applied" && !options.dryRun) await keptUntilNow(lease, () => late.wrote(answer.object, undoOf(answer, options)));
    return answer;
  };
  return {
    discover: (options) => kept(() => cluster.discover(options)),
    get: (at) => kept(() => cluster.get(at)),
    list: (query) => kept(() => cluster.list(query)),
    apply: (manifest, options) => made(options, () => cluster.apply(manifest, options)),
    create: (manifest, options) => made(options, () => cluster.create(manifest, options)),
    replace: (manifest, options) => made(options, () => cluster.replace(manifest, options)),
    patch: (at, patch, options) => kept(() => cluster.patch(at, patch, options)),
    delete: async (at, options) => {
      const answer = await kept(() => cluster.delete(at, options));
      if (answer.state === "deleted") await keptUntilNow(lease, () => late.deleted(at, options.uid));
      return answer;
    },
    watch: (query, stop) => cluster.watch(query, stop),
    close: () => cluster.close(),
  };
};
