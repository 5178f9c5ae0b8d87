import type { Json } from "../model/json.ts";

/** One DynamoDB table, single-table layout. Only `shared/state` speaks to this port: it knows what the items mean. */
export interface Table {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Strongly consistent, any number of keys (the adapter splits by 100), in no particular order; absent ones are missing. */
  getMany(keys: readonly Key[]): Promise<readonly Item[]>;
  put(item: Item, condition?: Condition): Promise<WriteResult>;
  /** Changes top-level attributes, creates the item where it is absent unless the condition says otherwise. */
  update(key: Key, change: Change, condition?: Condition): Promise<WriteResult>;
  delete(key: Key, condition?: Condition): Promise<WriteResult>;
  /** One partition, ordered by sk. Strongly consistent. */
  query(query: Query): Promise<Page<Item>>;
  /** Keys of items whose `dueShard` is this and whose `dueAt` (ms since 1970) is at most `until`, earliest first. Eventually consistent. */
  due(shard: number, until: number, limit: number): Promise<readonly Key[]>;
}

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** `v` is the schema version of this kind of item. Attributes are JSON; undefined ones are not written. */
export interface Item extends Key {
  readonly v: number;
  readonly [attribute: string]: Json | undefined;
}

/** All of these must hold for the write to happen. Attributes are top-level. */
export type Condition = Readonly<Record<string, Test>>;
export type Test =
  | { readonly equals: string | number | boolean }
  | { readonly differs: string | number | boolean }
  | { readonly absent: true }
  | { readonly present: true }
  | { readonly absentOr: number }
  | { readonly absentOrAtMost: number }
  | { readonly below: number }
  | { readonly atLeast: number };

export interface Change {
  readonly set?: Readonly<Record<string, Json | undefined>>;
  /** Counters: absent counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
}

/** `item` is the whole item after the write; `found` is what stood there when the condition failed. A delete answers with the old item. */
export type WriteResult = { readonly written: true; readonly item: Item } | { readonly written: false; readonly found: Item | undefined };

export interface Query {
  readonly pk: string;
  /** Only sort keys that begin with this. */
  readonly prefix?: string;
  readonly descending?: boolean;
  /** At most this many; without it, one page as large as the table gives (1 MB). */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Give it back to get the next page; undefined at the end. */
  readonly cursor?: string;
}
