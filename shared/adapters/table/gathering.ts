import type { Item, Key, Table } from "../../ports/table.ts";
import { gather } from "../turn.ts";

/** The same table, where gets of one moment become one request: a request is most of what a get costs, on both sides. */
export const gatheringTable = (table: Table): Table => {
  const read = gather(async (keys: readonly Key[]): Promise<ReadonlyMap<string, Item>> => {
    const [only] = keys;
    const items = keys.length === 1 && only ? [await table.get(only)] : await table.getMany(keys);
    return new Map(items.flatMap((item) => (item ? [[nameOf(item), item] as const] : [])));
  });
  return { ...table, get: async (key) => (await read(key)).get(nameOf(key)) };
};

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
