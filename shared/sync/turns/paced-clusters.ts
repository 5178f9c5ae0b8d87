import { Failure } from "../../model/failure.ts";
import type { Cluster, Clusters, WatchEvent } from "../../ports/cluster.ts";
import type { Pacing } from "./pacing.ts";

/** What one step learned about the cluster that it went to. */
export interface Contact {
  /** It answered something. */
  answered: boolean;
  /** Why it could not be reached. */
  away: Failure | undefined;
}

/** The same clusters, where each call of a step waits for its slot, and what comes of it is noted. Discovery is mostly remembered and tells nothing. */
export const pacedClusters = (clusters: Clusters, { pass }: Pick<Pacing, "pass">, contact: Contact): Clusters => {
  const noting = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Failure && error.code === "ClusterUnreachable") contact.away = error;
      // It answered, and has trouble with objects of this kind only.
      if (error instanceof Failure && error.code === "KindUnavailable") contact.answered = true;
      throw error;
    }
  };
  const paced = <T>(call: () => Promise<T>): Promise<T> =>
    noting(async () => {
      const answer = await pass(call);
      contact.answered = true;
      return answer;
    });
  return { ...clusters, connect: async (name) => pacedCluster(await noting(() => clusters.connect(name)), paced, noting) };
};

type Around = <T>(call: () => Promise<T>) => Promise<T>;

const pacedCluster = (cluster: Cluster, paced: Around, noting: Around): Cluster => ({
  discover: (options) => noting(() => cluster.discover(options)),
  get: (at) => paced(() => cluster.get(at)),
  list: (query) => paced(() => cluster.list(query)),
  apply: (manifest, options) => paced(() => cluster.apply(manifest, options)),
  create: (manifest, options) => paced(() => cluster.create(manifest, options)),
  replace: (manifest, options) => paced(() => cluster.replace(manifest, options)),
  patch: (at, patch, options) => paced(() => cluster.patch(at, patch, options)),
  delete: (at, options) => paced(() => cluster.delete(at, options)),
  watch: (query, stop): AsyncIterable<WatchEvent> => cluster.watch(query, stop),
  close: () => cluster.close(),
});
