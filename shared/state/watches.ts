import * as z from "zod/mini";
import type { Table } from "../ports/table.ts";
import { replacing } from "./change.ts";
import { keys, readItem } from "./items.ts";

/**
 * Who watches a cluster. One holder is enough, two do no harm: whatever they see leads to the same wishes. As with leases, no clock is compared
 * with another: a holder beats, and who wants its place takes it when nothing beat while it waited.
 */
const WatchItem = z.object({
  v: z.literal(1),
  owner: z.optional(z.string()),
  beat: z._default(z.number(), 0),
  /** By `apiVersion/kind`: the resourceVersion until which everything was told. */
  versions: z._default(z.record(z.string(), z.string()), {}),
  /** Applications that should be looked at again soon. */
  pending: z._default(z.array(z.string()), []),
});
export type WatchState = z.infer<typeof WatchItem>;

/** What the next holder goes on from. */
export type WatchProgress = Pick<WatchState, "versions" | "pending">;

export const watchTimes = { beatEvery: 10_000, patience: 30_000 } as const;

export const readWatch = async (table: Table, cluster: string): Promise<WatchState | undefined> => {
  const item = await table.get(keys.clusterWatch(cluster));
  return item ? readItem(WatchItem, item) : undefined;
};

/** Takes a place that is free, or one whose holder was seen (`before`) not to beat for a while. Answers what it left. */
export const takeWatch = async (
  table: Table,
  cluster: string,
  owner: string,
  before: WatchState | undefined,
): Promise<WatchProgress | undefined> => {
  const unchanged = before
    ? {
        beat: { equals: before.beat },
        ...(before.owner === undefined ? { owner: { absent: true } as const } : { owner: { equals: before.owner } }),
      }
    : { v: { absent: true } as const };
  const answer = await table.update(keys.clusterWatch(cluster), { set: { v: 1, owner }, add: { beat: 1 } }, unchanged);
  return answer.written ? readItem(WatchItem, answer.item) : undefined;
};

/** Still here, and this far. Answers whether the place is still the caller's. */
export const beatWatch = async (table: Table, cluster: string, owner: string, { versions, pending }: WatchProgress): Promise<boolean> => {
  const change = { set: { versions, pending }, add: { beat: 1 } };
  return (await table.update(keys.clusterWatch(cluster), change, { owner: { equals: owner } })).written;
};

export const leaveWatch = async (table: Table, cluster: string, owner: string, { versions, pending }: WatchProgress): Promise<void> => {
  const change = { ...replacing({ versions, pending, owner: undefined }), add: { beat: 1 } };
  await table.update(keys.clusterWatch(cluster), change, { owner: { equals: owner } });
};
