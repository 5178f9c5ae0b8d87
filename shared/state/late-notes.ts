import * as z from "zod/mini";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import { formatKey } from "../model/resource-key.ts";
import { entryOf, Row, rowOf } from "./inventory-rows.ts";

/**
 * What a worker wrote after its lease was another's, noted in the inventory beside the rows. The holder of that time may have read the inventory
 * before and write it after: so no note is a row, and one stands until somebody writes who took the lease after it was noted.
 */
export interface LateNote {
  /** The Application's fence when this was noted. */
  readonly fence: number;
  readonly what: "written" | "deleted";
  readonly entry: InventoryEntry;
}

export const NoteRow = z.tuple([z.number(), z.enum(["written", "deleted"]), Row]);

type Noted = z.infer<typeof NoteRow>;

export const noteOf = ({ fence, what, entry }: LateNote): Noted => [fence, what, rowOf(entry)];

interface Noting {
  readonly late?: readonly Noted[] | undefined;
  readonly fence?: number | undefined;
}

/** Those that the last writer, whose fence is the item's, cannot have read. */
export const standingNotes = ({ late = [], fence = 0 }: Noting): readonly Noted[] => late.filter(([noted]) => noted >= fence);

/** The inventory with what came late: the next sync settles what was written, healed or not, and makes again what was deleted. */
export const withLate = (inventory: Inventory, notes: readonly Noted[]): Inventory => {
  const noted = new Map(inventory);
  for (const [, what, row] of notes) {
    for (const entry of entryOf(row)) {
      const name = formatKey(entry.key);
      const before = noted.get(name);
      if (what === "written") noted.set(name, unsettled(entry, before));
      else if (before?.uid === entry.uid) noted.delete(name);
    }
  }
  return noted;
};

/** Says no more what was applied, so that Git's wish is applied or the object pruned. By its old fingerprint it has drifted: where nobody syncs it, people are told. */
const unsettled = (found: InventoryEntry, before: InventoryEntry = found): InventoryEntry => {
  const { fingerprint, since, rules } = before.uid === found.uid ? before : found;
  return {
    ...found,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(since !== undefined && { since }),
    ...(rules !== undefined && { rules }),
  };
};
