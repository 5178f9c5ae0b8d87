import * as z from "zod/mini";
import type { Page, Table } from "../ports/table.ts";
import { readItem } from "./items.ts";
import { itemsOf } from "./pages.ts";

export interface ListedApplication {
  readonly name: string;
  readonly project: string;
  readonly cluster: string;
  readonly parent?: string;
}

const ListedItem = z.object({
  v: z.literal(1),
  sk: z.string(),
  project: z.string(),
  cluster: z.string(),
  parent: z.optional(z.string()),
});

export const listApplications = async (table: Table, cursor?: string, limit = 500): Promise<Page<ListedApplication>> => {
  const page = await table.query({ pk: "apps", limit, ...(cursor === undefined ? {} : { cursor }) });
  const items = page.items.map((item) => {
    const { sk, project, cluster, parent } = readItem(ListedItem, item);
    return { name: sk, project, cluster, ...(parent === undefined ? {} : { parent }) };
  });
  return { items, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
};

export const childrenOf = async (table: Table, parent: string): Promise<readonly string[]> => {
  const children = await Array.fromAsync(itemsOf(table, { pk: `app#${parent}`, prefix: "child#" }));
  return children.map((item) => item.sk.slice("child#".length));
};
