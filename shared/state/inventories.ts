import * as z from "zod/mini";
import { digestOf } from "../model/digest.ts";
import { Failure } from "../model/failure.ts";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import { formatKey } from "../model/resource-key.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Table } from "../ports/table.ts";
import { replacing } from "./change.ts";
import { type Fence, writeFenced } from "./fenced.ts";
import { entryOf, Row, rowOf } from "./inventory-rows.ts";
import { keys, readItem } from "./items.ts";
import { type LateNote, NoteRow, noteOf, standingNotes, withLate } from "./late-notes.ts";

const InventoryItem = z.object({
  v: z.literal(1),
  rows: z.optional(z.array(Row)),
  artifact: z.optional(z.string()),
  revision: z.optional(z.number()),
  fence: z.optional(z.number()),
  late: z.optional(z.array(NoteRow)),
  noted: z.optional(z.number()),
});

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

/** Under the lease. `revision` counts writes: whoever changes a row without the lease does so only where none came between. */
export const writeInventory = async (table: Table, artifacts: Artifacts, lease: Fence, inventory: Inventory): Promise<void> => {
  const { set, remove } = await contentOf(inventory, artifacts);
  const change = { set: { ...set, fence: lease.fence }, remove, add: { revision: 1 } };
  await writeFenced(lease, (condition) => table.update(keys.inventory(lease.application), change, condition));
};

/**
 * What is left of the inventory of an Application that is forgotten: nobody's objects, and the fence of its last holder, so that none of the earlier
 * ones brings it back. Under the lease. Throws LeaseLost.
 */
export const forgetInventory = async (table: Table, lease: Fence): Promise<void> => {
  // The revision goes on: what a scan read before is older than whatever comes.
  const change = { set: { v: 1, fence: lease.fence }, remove: ["rows", "artifact", "late"], add: { revision: 1 } };
  await writeFenced(lease, (condition) => table.update(keys.inventory(lease.application), change, condition));
};

/** The fence that an Application of this name had last, from which a new one goes on; 0 where there never was one. */
export const lastFence = async (table: Table, application: string): Promise<number> => {
  const fence = (await table.get(keys.inventory(application)))?.fence;
  return typeof fence === "number" ? fence : 0;
};

/** What a comparison found an owned object to be now, although nothing of ours moved. */
export interface Settled {
  readonly before: InventoryEntry;
  readonly now: InventoryEntry;
}

/**
 * Keeps what a scan learned, without a lease: nothing is written where a sync wrote since, and no row that is not as it was judged. What is not
 * written is learned again.
 */
export const settleEntries = async (
  table: Table,
  artifacts: Artifacts,
  application: string,
  settled: readonly Settled[],
): Promise<boolean> => {
  const item = await table.get(keys.inventory(application));
  if (!item) return false;
  const read = readItem(InventoryItem, item);
  const inventory = new Map(await inventoryOf(read, artifacts, application));
  for (const { before, now } of settled) {
    const name = formatKey(before.key);
    const entry = inventory.get(name);
    if (!entry || entry.uid !== before.uid || entry.fingerprint !== before.fingerprint || entry.desired !== before.desired) return false;
    inventory.set(name, now);
  }
  const unmoved = { v: { present: true as const }, revision: orAbsent(read.revision) };
  const answer = await table.update(keys.inventory(application), await contentOf(inventory, artifacts), unmoved);
  return answer.written;
};

/**
 * Adds objects that were found to be an Application's, where they are not in its inventory; needs no lease. False when a sync wrote meanwhile: what
 * it wrote stands, and the caller tries again later.
 */
export const adoptEntries = async (
  table: Table,
  artifacts: Artifacts,
  application: string,
  found: readonly InventoryEntry[],
): Promise<boolean> => {
  const item = await table.get(keys.inventory(application));
  const read = item && readItem(InventoryItem, item);
  const inventory = read ? await inventoryOf(read, artifacts, application) : new Map<string, InventoryEntry>();
  const missing = found.filter(({ key }) => !inventory.has(formatKey(key)));
  if (missing.length === 0) return true;
  const whole = new Map([...inventory, ...missing.map((entry) => [formatKey(entry.key), entry] as const)]);
  const unmoved = read ? { v: { present: true as const }, revision: orAbsent(read.revision) } : { v: { absent: true as const } };
  const change = { ...(await contentOf(whole, artifacts)), add: { revision: 1 } };
  return (await table.update(keys.inventory(application), change, unmoved)).written;
};

/**
 * Adds what came late to the item's notes; needs no lease, and no holder's write takes it away. False when another came between: the caller tries
 * again.
 */
export const noteLate = async (table: Table, application: string, note: LateNote): Promise<boolean> => {
  const item = await table.get(keys.inventory(application));
  const read = item && readItem(InventoryItem, item);
  const change = { set: { v: 1, late: [...standingNotes(read ?? {}), noteOf(note)] }, add: { noted: 1, revision: 1 } };
  return (await table.update(keys.inventory(application), change, { noted: orAbsent(read?.noted) })).written;
};

/** Of an Application that was forgotten while something was noted: the next one of its name knows nothing of it. */
export const forgetNotes = async (table: Table, application: string): Promise<void> => {
  await table.update(keys.inventory(application), { remove: ["late"] }, { late: { present: true } });
};

const orAbsent = (revision: number | undefined) => (revision === undefined ? ({ absent: true } as const) : { equals: revision });

const contentOf = async (inventory: Inventory, artifacts: Artifacts) => {
  const rows = [...inventory.values()].map(rowOf);
  const text = JSON.stringify(rows);
  if (text.length <= inTable) return replacing({ v: 1, rows, artifact: undefined });
  const bytes = Buffer.from(text);
  const artifact = `inventories/${digestOf(bytes)}`;
  await artifacts.put(artifact, bytes);
  return replacing({ v: 1, rows: undefined, artifact });
};

const inventoryOf = async (item: z.infer<typeof InventoryItem>, artifacts: Artifacts, application: string): Promise<Inventory> => {
  const rows = item.rows ?? (item.artifact === undefined ? [] : await stored(artifacts, item.artifact, application));
  return withLate(new Map(rows.flatMap(entryOf).map((entry) => [formatKey(entry.key), entry])), standingNotes(item));
};

const stored = async (artifacts: Artifacts, artifact: string, application: string): Promise<readonly z.infer<typeof Row>[]> => {
  const bytes = await artifacts.get(artifact);
  if (!bytes)
    throw new Failure("ArtifactMissing", application, `the inventory of ${application} (${artifact}) is not in the artifact store`);
  return z.array(Row).parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
};
