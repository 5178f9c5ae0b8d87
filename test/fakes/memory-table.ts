import type { Json } from "../../shared/model/json.ts";
import type { Change, Condition, Item, Key, Page, Query, Table, WriteResult } from "../../shared/ports/table.ts";
import { holds } from "./holds.ts";

/** Items a page holds at most when the query sets no limit; DynamoDB's own page is 1 MB. */
const pageSize = 1_000;

/** A Table in memory that passes the same contract suite as DynamoDB's adapter. `items` is all that stands in it, `writes` counts. */
export interface MemoryTable extends Table {
  items(): readonly Item[];
  readonly writes: number;
}

export const memoryTable = (initial: readonly Item[] = []): MemoryTable => {
  const stored = new Map<string, Item>(initial.map((item) => [idOf(item), clean(item)]));
  let writes = 0;

  const write = (key: Key, condition: Condition | undefined, next: (before: Item | undefined) => Item | undefined): WriteResult => {
    const before = stored.get(idOf(key));
    if (!Object.entries(condition ?? {}).every(([attribute, test]) => holds(test, before?.[attribute]))) {
      return { written: false, found: before && clean(before) };
    }
    const after = next(before);
    writes += 1;
    if (after) {
      stored.set(idOf(key), after);
      return { written: true, item: clean(after) };
    }
    stored.delete(idOf(key));
    return before ? { written: true, item: clean(before) } : { written: false, found: undefined };
  };

  return {
    items: () => [...stored.values()].map(clean),
    get writes() {
      return writes;
    },
    get: async (key) => cleanOrNone(stored.get(idOf(key))),
    getMany: async (keys) =>
      [...new Set(keys.map(idOf))].flatMap((id) => {
        const item = stored.get(id);
        return item ? [clean(item)] : [];
      }),
    put: async (item, condition) => write(item, condition, () => clean(item)),
    update: async (key, change, condition) => write(key, condition, (before) => changed(key, before, change)),
    delete: async (key, condition) => write(key, condition, () => undefined),
    query: async (query) => page([...stored.values()], query),
    due: async (shard, until, limit) =>
      [...stored.values()]
        .flatMap(({ pk, sk, dueShard, dueAt }) =>
          dueShard === shard && typeof dueAt === "number" && dueAt <= until ? [{ pk, sk, dueAt }] : [],
        )
        .toSorted((a, b) => a.dueAt - b.dueAt)
        .slice(0, limit)
        .map(({ pk, sk }) => ({ pk, sk })),
  };
};

const idOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

/** A copy without undefined attributes: what would come back from a real table. */
const clean = (item: Item): Item => {
  if (!Number.isFinite(item.v))
    throw new Error(`item ${item.pk}/${item.sk} has no schema version "v": whatever creates an item must set it`);
  return JSON.parse(JSON.stringify(item));
};

const cleanOrNone = (item: Item | undefined): Item | undefined => item && clean(item);

const changed = (key: Key, before: Item | undefined, change: Change): Item => {
  const removed = new Set(change.remove);
  const kept = Object.entries(before ?? {}).filter(([attribute]) => !removed.has(attribute));
  const set = Object.entries(change.set ?? {}).filter(([, value]) => value !== undefined);
  const added = Object.entries(change.add ?? {}).map(([attribute, by]) => [attribute, sum(before?.[attribute], by)] as const);
  const fields: Record<string, Json | undefined> = Object.fromEntries([...kept, ...set, ...added]);
  const { v } = fields;
  // The table sets no version by itself; `clean` names the item that has none.
  return clean({ ...fields, pk: key.pk, sk: key.sk, v: typeof v === "number" ? v : Number.NaN });
};

const sum = (before: Json | undefined, by: number): number => {
  if (before !== undefined && typeof before !== "number") throw new Error("ValidationException: only numbers can be added to");
  return (before ?? 0) + by;
};

const page = (all: readonly Item[], { pk, prefix = "", descending = false, limit = pageSize, cursor }: Query): Page<Item> => {
  const found = all.filter((item) => item.pk === pk && item.sk.startsWith(prefix)).toSorted((a, b) => (a.sk < b.sk ? -1 : 1));
  const ordered = descending ? found.toReversed() : found;
  const rest = cursor === undefined ? ordered : ordered.filter(({ sk }) => (descending ? sk < cursor : sk > cursor));
  const items = rest.slice(0, limit).map(clean);
  const last = items.at(-1);
  return last && rest.length >= limit ? { items, cursor: last.sk } : { items };
};
