import * as z from "zod/mini";
import type { ClusterRecord } from "../model/cluster.ts";
import type { Table } from "../ports/table.ts";
import { keys, readItem, readItems, throwIt, type Unreadable } from "./items.ts";
import { itemsOf } from "./pages.ts";

/** A cluster that the control repository declares by a Secret without secret material; the installation file's are not in the table. */
const ClusterRecordItem = z.object({
  v: z.literal(1),
  sk: z.string(),
  server: z.exactOptional(z.string()),
  eks: z.exactOptional(
    z.object({
      cluster: z.string(),
      region: z.exactOptional(z.string()),
      roleArn: z.exactOptional(z.string()),
      externalId: z.exactOptional(z.string()),
    }),
  ),
  caData: z.exactOptional(z.string()),
  credentials: z.exactOptional(z.string()),
  network: z.string(),
});

/** Those that can be read; the others are told to `unreadable`. */
export const readClusterRecords = async (table: Table, unreadable: Unreadable = throwIt): Promise<readonly ClusterRecord[]> => {
  const items = await Array.fromAsync(itemsOf(table, { pk: "clusters" }));
  return readItems(ClusterRecordItem, items, ({ sk }, failure) => unreadable(sk, failure)).map(([, record]) => recordOf(record));
};

/** Undefined where the control repository declares none of this name. */
export const readClusterRecord = async (table: Table, name: string): Promise<ClusterRecord | undefined> => {
  const item = await table.get(keys.cluster(name));
  return item && recordOf(readItem(ClusterRecordItem, item));
};

/** Of all that it declares, also of those that cannot be read. */
export const declaredClusters = async (table: Table): Promise<readonly string[]> =>
  (await Array.fromAsync(itemsOf(table, { pk: "clusters" }))).map(({ sk }) => sk);

const recordOf = ({ v, sk, ...rest }: z.infer<typeof ClusterRecordItem>): ClusterRecord => ({ name: sk, ...rest });

export const writeClusterRecord = async (table: Table, { name, eks, ...record }: ClusterRecord): Promise<void> => {
  await table.put({ ...keys.cluster(name), v: 1, ...record, ...(eks ? { eks: { ...eks } } : {}) });
};

export const deleteClusterRecord = async (table: Table, name: string): Promise<void> => {
  await table.delete(keys.cluster(name));
};
