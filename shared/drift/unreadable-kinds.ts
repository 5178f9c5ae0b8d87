import { Failure } from "../model/failure.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { Journal } from "../ports/journal.ts";

/**
 * The same cluster as a scan reads it: a kind that the server cannot read, such as while the conversion webhook of its CRD is away, is unknown as
 * one that may not be read is, and keeps nobody from looking at all others. Each is asked for once, and told.
 */
export const knowingOthers = (cluster: Cluster, tell: Journal["tell"] = () => undefined): Cluster => {
  const failed = new Map<string, string>();

  const reading = async <T>({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }, read: () => Promise<T>) => {
    const name = `${apiVersion}/${kind}`;
    const known = failed.get(name);
    if (known !== undefined) return { state: "forbidden", reason: known } as const;
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "KindUnavailable") throw error;
      if (!failed.has(name)) tell("kind-unreadable", { cluster: error.subject, kind: name, reason: error.message });
      failed.set(name, error.message);
      return { state: "forbidden", reason: error.message } as const;
    }
  };

  return {
    ...cluster,
    get: (at) => reading(at, () => cluster.get(at)),
    list: (query) => reading(query, () => cluster.list(query)),
  };
};
