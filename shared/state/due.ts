import type { Condition, Key, Table } from "../ports/table.ts";
import type { ApplicationState } from "./application-state.ts";
import { dueShards, isState, keys } from "./items.ts";
import { makeMove } from "./transitions.ts";

export interface Due {
  readonly applications: readonly string[];
  readonly refs: readonly { readonly repository: string; readonly ref: string }[];
}

/** What should have moved by now: hints that were lost, holders that died, checks that have come round. Keys only. */
export const readDue = async (table: Table, until: number, perShard = 200): Promise<Due> => {
  const shards = Array.from({ length: dueShards }, (_, shard) => table.due(shard, until, perShard));
  const due = (await Promise.all(shards)).flat();
  return {
    applications: due.filter(isState).map(({ pk }) => pk.slice("app#".length)),
    refs: due.filter(({ sk }) => sk.startsWith("ref#")).map(refOf),
  };
};

/** Whether the hint is the caller's to send: the ref was due at `seen`, and is due again only at `next` if nobody acts on it. */
export const claimDueRef = async (table: Table, repository: string, ref: string, { seen, next }: Claim): Promise<boolean> =>
  (await table.update(keys.ref(repository, ref), { set: { dueAt: next } }, { dueAt: { equals: seen } })).written;

/** The same of an Application, of which `from` was read. */
export const claimDueApplication = async (
  table: Table,
  application: string,
  from: ApplicationState,
  { seen, next }: Claim,
): Promise<boolean> => {
  const condition: Condition = { dueAt: { equals: seen } };
  return (await makeMove(table, { application, move: "resend", by: "sweep", from, change: { set: { dueAt: next } }, condition })).written;
};

/** Both ms since 1970. */
export interface Claim {
  readonly seen: number;
  readonly next: number;
}

const refOf = (key: Key) => ({ repository: key.pk.slice("repo#".length), ref: key.sk.slice("ref#".length) });
