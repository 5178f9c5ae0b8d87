import type { Item, Query, Table } from "../ports/table.ts";

/** Every page of a partition, one after another: what is read of it is the caller's to keep small. */
export async function* pagesOf(table: Table, query: Omit<Query, "cursor">): AsyncGenerator<readonly Item[]> {
  let cursor: string | undefined;
  do {
    const page = await table.query({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    yield page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** The items of all pages. */
export async function* itemsOf(table: Table, query: Omit<Query, "cursor">): AsyncGenerator<Item> {
  for await (const page of pagesOf(table, query)) yield* page;
}
