import type { Item, Table } from "../../shared/ports/table.ts";

/** Makes a table in memory what it was when `items` were all that stood in it: as a restore from a backup does; without items it is lost. */
export const restoreTable = async (table: Table & { items(): readonly Item[] }, items: readonly Item[] = []): Promise<void> => {
  for (const { pk, sk } of table.items()) await table.delete({ pk, sk });
  for (const item of items) await table.put(item);
};
