import * as z from "zod/mini";
import type { ClusterRecord } from "../model/cluster.ts";
import type { Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";
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

export const readClusterRecords = async (table: Table): Promise<readonly ClusterRecord[]> => {
  const records: ClusterRecord[] = [];
  for await (const item of itemsOf(table, { pk: "clusters" })) {
    const { v, sk, ...rest } = readItem(ClusterRecordItem, item);
    records.push({ name: sk, ...rest });
  }
  return records;
};

export const writeClusterRecord = async (table: Table, { name, eks, ...record }: ClusterRecord): Promise<void> => {
  await table.put({ ...keys.cluster(name), v: 1, ...record, ...(eks ? { eks: { ...eks } } : {}) });
};

export const deleteClusterRecord = async (table: Table, name: string): Promise<void> => {
  await table.delete(keys.cluster(name));
};
