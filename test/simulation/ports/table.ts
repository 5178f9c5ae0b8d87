import type { Json } from "../../../shared/model/json.ts";
import type { Change, Condition, Item, Key, Page, Query, Table, WriteResult } from "../../../shared/ports/table.ts";
import { holds } from "../../fakes/holds.ts";
import type { Call } from "../gate.ts";

/** One table for all invocations: items by partition, and the index of what is due, which lags behind. */
export interface TableStore {
  readonly table: Table;
  items(): Iterable<Item>;
  read(key: Key): Item | undefined;
  /** Called after each write with what stood there and what stands there now. */
  onWrite(see: (before: Item | undefined, after: Item | undefined, text: string) => void): void;
  /** Whether anything is due, now or later. */
  hasDue(): boolean;
  /** Forgets what is not in `items`. */
  restore(items: readonly Item[]): void;
}

/** Items a page holds at most when the query sets no limit. */
const pageSize = 1_000;

export interface IndexLag {
  readonly now: () => number;
  /** Milliseconds by which the index of due items is older than the table. */
  readonly lag: () => number;
  /** Called when an answer is another one because of it. */
  readonly noticed?: () => void;
}

interface Indexed {
  readonly since: number;
  readonly shard: number | undefined;
  readonly dueAt: number | undefined;
}

const noLag: IndexLag = { now: () => 0, lag: () => 0 };

export const tableStore = ({ now, lag, noticed }: IndexLag = noLag): TableStore => {
  const partitions = new Map<string, Map<string, Item>>();
  const index = new Map<string, { readonly key: Key; readonly history: Indexed[] }>();
  const watchers: ((before: Item | undefined, after: Item | undefined, text: string) => void)[] = [];

  const partition = (pk: string): Map<string, Item> => {
    const found = partitions.get(pk) ?? new Map<string, Item>();
    partitions.set(pk, found);
    return found;
  };
  const read = ({ pk, sk }: Key): Item | undefined => partitions.get(pk)?.get(sk);

  const note = (key: Key, after: Item | undefined): void => {
    const name = `${key.pk}\n${key.sk}`;
    const known = index.get(name);
    const [dueShard, dueAt] = [after?.dueShard, after?.dueAt];
    const shard = typeof dueShard === "number" ? dueShard : undefined;
    const entry = { since: now(), shard, dueAt: shard !== undefined && typeof dueAt === "number" ? dueAt : undefined };
    if (known === undefined && entry.dueAt === undefined) return;
    const history = known?.history ?? [];
    if (history.length > 4) history.splice(0, history.length - 4);
    history.push(entry);
    if (known === undefined) index.set(name, { key: { pk: key.pk, sk: key.sk }, history });
  };

  const set = (key: Key, before: Item | undefined, next: Item | undefined): Item | undefined => {
    const text = next === undefined ? "" : textOf(next);
    const after = next === undefined ? undefined : frozen(text);
    if (after === undefined) partitions.get(key.pk)?.delete(key.sk);
    else partition(key.pk).set(key.sk, after);
    note(key, after);
    for (const see of watchers) see(before, after, text);
    return after;
  };

  const write = (key: Key, condition: Condition | undefined, next: (before: Item | undefined) => Item | undefined): WriteResult => {
    const before = read(key);
    if (condition !== undefined && !Object.entries(condition).every(([attribute, test]) => holds(test, before?.[attribute])))
      return { written: false, found: before };
    const after = set(key, before, next(before));
    if (after !== undefined) return { written: true, item: after };
    return before === undefined ? { written: false, found: undefined } : { written: true, item: before };
  };

  const seenAt = (history: readonly Indexed[], time: number): Indexed | undefined => history.findLast(({ since }) => since <= time);

  return {
    items: function* () {
      for (const each of partitions.values()) yield* each.values();
    },
    read,
    hasDue: () => [...index.values()].some(({ history }) => history.at(-1)?.dueAt !== undefined),
    onWrite: (see) => void watchers.push(see),
    restore: (items) => {
      const kept = new Set(items.map(({ pk, sk }) => `${pk}\n${sk}`));
      const all = [...partitions.values()].flatMap((each) => [...each.values()]);
      for (const item of all) if (!kept.has(`${item.pk}\n${item.sk}`)) set(item, item, undefined);
      for (const item of items) set(item, read(item), item);
    },
    table: {
      get: async (key) => read(key),
      getMany: async (keys) => {
        const found = new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, read(key)]));
        return [...found.values()].filter((item) => item !== undefined);
      },
      put: async (item, condition) => write(item, condition, () => item),
      update: async (key, change, condition) => write(key, condition, (before) => changed(key, before, change)),
      delete: async (key, condition) => write(key, condition, () => undefined),
      query: async (query) => page(partitions.get(query.pk), query),
      due: async (shard, until, limit) => {
        const time = now() - lag();
        const isDue = (seen: Indexed | undefined): seen is Indexed & { readonly dueAt: number } =>
          seen?.shard === shard && seen.dueAt !== undefined && seen.dueAt <= until;
        const due = [...index.values()].flatMap(({ key, history }) => {
          const seen = lag() === 0 ? history.at(-1) : seenAt(history, time);
          if (isDue(seen) !== isDue(history.at(-1))) noticed?.();
          return isDue(seen) ? [{ key, dueAt: seen.dueAt }] : [];
        });
        return due
          .toSorted((a, b) => a.dueAt - b.dueAt)
          .slice(0, limit)
          .map(({ key }) => key);
      },
    },
  };
};

/** The same table as one invocation sees it. */
export const gatedTable = (table: Table, call: Call): Table => ({
  get: (key) => call("table", "get", nameOf(key), () => table.get(key)),
  getMany: (keys) =>
    keys.length === 0 ? Promise.resolve([]) : call("table", "getMany", keys.map(nameOf).join(" "), () => table.getMany(keys)),
  put: (item, condition) => call("table", "put", nameOf(item), () => table.put(item, condition)),
  update: (key, change, condition) => call("table", "update", nameOf(key), () => table.update(key, change, condition)),
  delete: (key, condition) => call("table", "delete", nameOf(key), () => table.delete(key, condition)),
  query: (query) => call("table", "query", `${query.pk}/${query.prefix ?? ""}`, () => table.query(query)),
  due: (shard, until, limit) => call("table", "due", String(shard), () => table.due(shard, until, limit)),
});

const nameOf = ({ pk, sk }: Key): string => `${pk}/${sk}`;

const textOf = (item: Item): string => {
  if (!Number.isFinite(item.v)) throw new Error(`item ${nameOf(item)} has no schema version "v": whatever creates an item must set it`);
  return JSON.stringify(item);
};

/** What would come back from a real table. All share it: nobody may change it. */
const frozen = (text: string): Item => Object.freeze(JSON.parse(text));

const changed = (key: Key, before: Item | undefined, change: Change): Item => {
  const fields: Record<string, Json | undefined> = { ...before };
  for (const name of change.remove ?? []) delete fields[name];
  for (const [name, value] of Object.entries(change.set ?? {})) if (value !== undefined) fields[name] = value;
  for (const [name, by] of Object.entries(change.add ?? {})) fields[name] = sum(before?.[name], by);
  const { v } = fields;
  return { ...fields, pk: key.pk, sk: key.sk, v: typeof v === "number" ? v : Number.NaN };
};

const sum = (before: Json | undefined, by: number): number => {
  if (before !== undefined && typeof before !== "number") throw new Error("ValidationException: only numbers can be added to");
  return (before ?? 0) + by;
};

const page = (
  items: ReadonlyMap<string, Item> | undefined,
  { prefix = "", descending = false, limit = pageSize, cursor }: Query,
): Page<Item> => {
  const names = [...(items?.keys() ?? [])].filter((sk) => sk.startsWith(prefix)).toSorted();
  if (descending) names.reverse();
  const rest = cursor === undefined ? names : names.filter((sk) => (descending ? sk < cursor : sk > cursor));
  const found = rest.slice(0, limit).flatMap((sk) => items?.get(sk) ?? []);
  const last = found.at(-1);
  return last && rest.length >= limit ? { items: found, cursor: last.sk } : { items: found };
};
