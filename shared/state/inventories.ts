import * as z from "zod/mini";
import { digestOf } from "../model/digest.ts";
import { Failure } from "../model/failure.ts";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import { formatKey, parseKey } from "../model/resource-key.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";

/** One row per object: key, apiVersion, uid, resourceVersion, fingerprint, digest of the desired manifest, time of our first apply, "hook" for a hook's; "" where not known. */
const Row = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.string()], z.string());
const Rows = z.array(Row);
const InventoryItem = z.object({ v: z.literal(1), rows: z.optional(Rows), artifact: z.optional(z.string()) });

/** DynamoDB's items end at 400 kB; beyond this many bytes the rows lie in the artifact store. */
const inTable = 250_000;

export const readInventory = async (table: Table, artifacts: Artifacts, application: string): Promise<Inventory> => {
  const item = await table.get(keys.inventory(application));
  return item ? inventoryOf(readItem(InventoryItem, item), artifacts, application) : new Map();
};

export const readInventories = async (
  table: Table,
  artifacts: Artifacts,
  applications: readonly string[],
): Promise<ReadonlyMap<string, Inventory>> => {
  const items = await table.getMany(applications.map(keys.inventory));
  const read = items.map(async (item) => {
    const application = item.pk.slice("app#".length);
    return [application, await inventoryOf(readItem(InventoryItem, item), artifacts, application)] as const;
  });
  return new Map(await Promise.all(read));
};

export const writeInventory = async (table: Table, artifacts: Artifacts, application: string, inventory: Inventory): Promise<void> => {
  const rows = [...inventory.values()].map(rowOf);
  const text = JSON.stringify(rows);
  if (text.length <= inTable) {
    await table.put({ ...keys.inventory(application), v: 1, rows });
    return;
  }
  const bytes = Buffer.from(text);
  const artifact = `inventories/${digestOf(bytes)}`;
  await artifacts.put(artifact, bytes);
  await table.put({ ...keys.inventory(application), v: 1, artifact });
};

const inventoryOf = async (item: z.infer<typeof InventoryItem>, artifacts: Artifacts, application: string): Promise<Inventory> => {
  const rows = item.rows ?? (item.artifact === undefined ? [] : await stored(artifacts, item.artifact, application));
  return new Map(rows.flatMap(entryOf).map((entry) => [formatKey(entry.key), entry]));
};

const stored = async (artifacts: Artifacts, artifact: string, application: string): Promise<z.infer<typeof Rows>> => {
  const bytes = await artifacts.get(artifact);
  if (!bytes)
    throw new Failure("ArtifactMissing", application, `the inventory of ${application} (${artifact}) is not in the artifact store`);
  return Rows.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
};

const rowOf = (entry: InventoryEntry): z.infer<typeof Row> => [
  formatKey(entry.key),
  entry.apiVersion,
  entry.uid ?? "",
  entry.resourceVersion ?? "",
  entry.fingerprint ?? "",
  entry.desired ?? "",
  ...(entry.hook ? [entry.since ?? "", "hook"] : entry.since === undefined ? [] : [entry.since]),
];

const entryOf = ([text, apiVersion, uid, resourceVersion, fingerprint, desired, since, hook]: z.infer<
  typeof Row
>): readonly InventoryEntry[] => {
  const key = parseKey(text);
  if (!key) return [];
  return [
    {
      key,
      apiVersion,
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(fingerprint && { fingerprint }),
      ...(desired && { desired }),
      ...(hook === "hook" && { hook: true as const }),
      ...(since && { since }),
    },
  ];
};
