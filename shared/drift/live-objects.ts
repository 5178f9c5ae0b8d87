import { Failure } from "../model/failure.ts";
import type { Inventory } from "../model/inventory.ts";
import { formatKey } from "../model/resource-key.ts";
import type { Cluster, ClusterApis, LiveObject } from "../ports/cluster.ts";
import { type Readable, readableIn } from "./served.ts";
import { liveByLists } from "./shared-lists.ts";

/** From this many objects on, lists are cheaper for the API server than a GET each. */
const listFrom = 16;

export interface Reading {
  /** What the server was found to serve just now; without it, what the connection remembers, as far as that goes. */
  readonly apis?: ClusterApis | undefined;
  /** These are a few of many: object by object, unless they are many themselves. */
  readonly few: boolean;
}

/**
 * What stands where these entries are. A kind that is not served any more is absent; one whose own API server does not answer is not (its
 * objects are `forbidden`). Throws ClusterUnreachable and ClusterBusy when it is the cluster itself that does not answer.
 */
export const liveObjects = async (cluster: Cluster, inventories: readonly Inventory[], { apis, few }: Reading): Promise<Live> => {
  const entries = inventories.flatMap((inventory) => [...inventory.values()]);
  if (entries.length === 0) return new Map();
  const read = few && entries.length < listFrom ? oneByOne : liveByLists;
  const known = apis ?? (await cluster.discover());
  try {
    const live = await read(cluster, entries, readableIn(known));
    // What a connection remembers may be older than a kind: nothing is gone because it was not served a while ago.
    if (apis || !entries.some(({ key }) => isUnseen(live.get(formatKey(key))))) return live;
    const fresh = await cluster.discover({ fresh: true });
    const [before, now] = [readableIn(known), readableIn(fresh)];
    return entries.every((entry) => sameReading(before(entry), now(entry))) ? live : await read(cluster, entries, now);
  } catch (error) {
    if (!(error instanceof Failure) || (error.code !== "ClusterUnreachable" && error.code !== "ClusterBusy")) throw error;
    // An API server behind this one may have gone away since: then this one still says so.
    const fresh = await cluster.discover({ fresh: true });
    if ((fresh.unavailable ?? []).length === 0) throw error;
    return read(cluster, entries, readableIn(fresh));
  }
};

type Live = ReadonlyMap<string, LiveObject>;

const isUnseen = (live: LiveObject | undefined): boolean => live?.state === "absent" || live?.state === "forbidden";

const sameReading = (a: Readable, b: Readable): boolean =>
  a.state === "served" && b.state === "served" ? a.apiVersion === b.apiVersion : a.state === b.state;

const oneByOne: typeof liveByLists = async (cluster, entries, readable) => {
  const read = entries.map(async (entry) => {
    const at = readable(entry);
    const name = formatKey(entry.key);
    if (at.state === "absent") return [name, at] as const;
    if (at.state === "unknown") return [name, { state: "forbidden", reason: at.reason }] as const;
    return [name, await cluster.get({ ...entry.key, apiVersion: at.apiVersion })] as const;
  });
  return new Map(await Promise.all(read));
};
