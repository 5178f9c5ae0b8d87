import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import type { ObjectResult } from "../model/operation.ts";
import { formatKey } from "../model/resource-key.ts";
import type { Applied } from "./apply.ts";
import type { Group } from "./operation/groups.ts";
import { isLeft, type Plan } from "./plan.ts";

/** Inventory before objects: everything that is about to be created stands in it first, hooks included. */
export const withPlanned = (inventory: Inventory, { changes, hooks }: Group): Inventory => {
  const planned = new Map(inventory);
  for (const { object } of changes) {
    const name = formatKey(object.key);
    if (!planned.has(name)) planned.set(name, { key: object.key, apiVersion: object.manifest.apiVersion });
  }
  for (const { key, manifest } of hooks) planned.set(formatKey(key), { key, apiVersion: manifest.apiVersion, hook: true });
  return planned;
};

/** What we own when an operation has ended, however it ended. */
export const ownedAfter = (planned: Inventory, plan: Plan, applied: readonly Applied[], pruned: readonly ObjectResult[]): Inventory => {
  const owned = new Map(planned);
  for (const { result, entry } of applied) if (entry) owned.set(formatKey(result.key), entry);
  for (const { key, code } of pruned) if (code === "Pruned") owned.delete(formatKey(key));
  for (const key of plan.vanished) owned.delete(formatKey(key));
  for (const { key, because } of plan.kept) {
    if (isLeft(because)) letBe(owned, formatKey(key));
    // Of two that created it at one moment the later one has it. Still owned here, it would be healed, and left alone, again and again.
    if (because === "owned by another Application") owned.delete(formatKey(key));
  }
  return owned;
};

/** Still ours to delete one day. Git says nothing about it any more, so nothing in it can drift: no fingerprint. */
const letBe = (owned: Map<string, InventoryEntry>, name: string): void => {
  const entry = owned.get(name);
  if (entry) owned.set(name, { key: entry.key, apiVersion: entry.apiVersion, ...(entry.uid !== undefined && { uid: entry.uid }) });
};
