import * as z from "zod/mini";
import type { Table } from "../ports/table.ts";
import { replacing } from "./change.ts";
import { keys, readItem } from "./items.ts";
import { pagesOf } from "./pages.ts";

/** What we last learned about a cluster. Its version and APIs are part of the render inputs that use them. */
const ClusterItem = z.object({
  v: z.literal(1),
  version: z.optional(z.string()),
  /** `v1`, `apps/v1`, `apps/v1/Deployment`…: what Helm's --api-versions takes, sorted. */
  apiVersions: z._default(z.array(z.string()), []),
  reachable: z.optional(z.boolean()),
  /** ms since 1970 of the last change of `reachable`. */
  since: z.optional(z.number()),
  error: z.optional(z.string()),
  scannedAt: z.optional(z.number()),
  /** When a scan began last. */
  claimedAt: z.optional(z.number()),
  /** Names the scan that found other APIs, until it has told all Applications of them: who finds it here tells them again. */
  toTell: z.optional(z.number()),
  /** The last epoch in which all that stands there was looked through. */
  searchedIn: z.optional(z.number()),
});
export type ClusterFacts = z.infer<typeof ClusterItem>;

export const readClusterFacts = async (table: Table, cluster: string): Promise<ClusterFacts | undefined> => {
  const item = await table.get(keys.clusterFacts(cluster));
  return item ? readItem(ClusterItem, item) : undefined;
};

export const recordClusterFacts = async (
  table: Table,
  cluster: string,
  facts: Omit<ClusterFacts, "v" | "claimedAt" | "searchedIn">,
): Promise<void> => {
  await table.update(keys.clusterFacts(cluster), replacing({ v: 1, ...facts }));
};

/** All were told. Of what another scan has found meanwhile it tells by itself. */
export const recordTold = async (table: Table, cluster: string, toTell: number): Promise<void> => {
  await table.update(keys.clusterFacts(cluster), { set: { v: 1 }, remove: ["toTell"] }, { toTell: { equals: toTell } });
};

export const recordSearched = async (table: Table, cluster: string, epoch: number): Promise<void> => {
  await table.update(keys.clusterFacts(cluster), { set: { v: 1, searchedIn: epoch } });
};

/** Whether that is news. */
export const markUnreachable = async (
  table: Table,
  cluster: string,
  away: { readonly since: number; readonly error: string },
): Promise<boolean> =>
  (await table.update(keys.clusterFacts(cluster), { set: { v: 1, reachable: false, ...away } }, { reachable: { differs: false } })).written;

/** Since when it was away, ms since 1970; undefined when it was not. */
export const markReachable = async (table: Table, cluster: string, now: number): Promise<number | undefined> => {
  const before = await readClusterFacts(table, cluster);
  if (before?.reachable !== false) return undefined;
  const { written } = await table.update(
    keys.clusterFacts(cluster),
    { set: { reachable: true, since: now }, remove: ["error"] },
    { reachable: { equals: false } },
  );
  return written ? (before.since ?? now) : undefined;
};

/** Whether the scan is the caller's to make; `seen` is `claimedAt` as it was read. Of two that begin at once, one does. */
export const claimScan = async (table: Table, cluster: string, seen: number | undefined, now: number, lasts: number): Promise<boolean> => {
  if (seen !== undefined && Math.abs(now - seen) < lasts) return false;
  const unclaimed = seen === undefined ? ({ absent: true } as const) : { equals: seen };
  return (await table.update(keys.clusterFacts(cluster), { set: { v: 1, claimedAt: now } }, { claimedAt: unclaimed })).written;
};

/** Names of the Applications destined for a cluster, a page at a time. */
export async function* applicationsOfCluster(table: Table, cluster: string): AsyncGenerator<readonly string[]> {
  for await (const page of pagesOf(table, { pk: `cluster#${cluster}`, prefix: "app#", limit: 500 })) {
    yield page.map((item) => item.sk.slice("app#".length));
  }
}
