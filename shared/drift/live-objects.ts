import type { Inventory } from "../model/inventory.ts";
import { formatKey } from "../model/resource-key.ts";
import type { Cluster, LiveObject } from "../ports/cluster.ts";
import { liveByLists } from "./shared-lists.ts";

/** From this many objects on, lists are cheaper for the API server than a GET each. */
const listFrom = 16;

/** What stands where these few entries are, object by object while they are few. */
export const liveOf = async (cluster: Cluster, inventories: readonly Inventory[]): Promise<ReadonlyMap<string, LiveObject>> => {
  const entries = inventories.flatMap((inventory) => [...inventory.values()]);
  if (entries.length >= listFrom) return liveByLists(cluster, inventories);
  const read = entries.map(async ({ key, apiVersion }) => [formatKey(key), await cluster.get({ ...key, apiVersion })] as const);
  return new Map(await Promise.all(read));
};
