import type { Key, Table } from "../ports/table.ts";
import { dueShards } from "./items.ts";

export interface Due {
  readonly applications: readonly string[];
  readonly refs: readonly { readonly repository: string; readonly ref: string }[];
}

/** What should have moved by now: hints that were lost, holders that died, checks that have come round. Keys only. */
export const readDue = async (table: Table, until: number, perShard = 200): Promise<Due> => {
  const shards = Array.from({ length: dueShards }, (_, shard) => table.due(shard, until, perShard));
  const due = (await Promise.all(shards)).flat();
  return {
    applications: due.filter(({ sk }) => sk === "state").map(({ pk }) => pk.slice("app#".length)),
    refs: due.filter(({ sk }) => sk.startsWith("ref#")).map(refOf),
  };
};

/** Whether the hint is the caller's to send: the item was due at `seen`, and is due again only at `next` if nobody acts on it. */
export const claimDue = async (table: Table, key: Key, seen: number, next: number): Promise<boolean> =>
  (await table.update(key, { set: { dueAt: next } }, { dueAt: { equals: seen } })).written;

const refOf = (key: Key) => ({ repository: key.pk.slice("repo#".length), ref: key.sk.slice("ref#".length) });
