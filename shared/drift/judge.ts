import { fieldManager } from "../diff/field-manager.ts";
import { fingerprintOf } from "../diff/fingerprint.ts";
import { ignoredIn } from "../diff/ignore-rules.ts";
import { stillStands } from "../diff/stands.ts";
import { applicationHealth } from "../health/application-health.ts";
import type { Application } from "../model/application.ts";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { HealthStatus } from "../model/operation.ts";
import type { LiveObject } from "../ports/cluster.ts";

export interface Judgement {
  /** Owned objects that are gone. */
  readonly missing: readonly InventoryEntry[];
  /** Owned objects of which something of ours moved. */
  readonly moved: readonly { readonly entry: InventoryEntry; readonly live: Manifest }[];
  readonly health: { readonly status: HealthStatus; readonly message?: string };
}

/**
 * Compares what an Application owns with what the lists brought. Asks nothing of the cluster: an unchanged object costs one hash at most. What has
 * no fingerprint was never applied, or Git no longer wants it: nothing in it can drift.
 */
export const judge = (application: Application, inventory: Inventory, live: ReadonlyMap<string, LiveObject>, key: string): Judgement => {
  const ignored = ignoredIn(application.ignoreDifferences);
  const fingerprint = (object: Manifest) => fingerprintOf(object, { fieldManager, key, ignored: ignored(object) });
  const missing: InventoryEntry[] = [];
  const moved: { entry: InventoryEntry; live: Manifest }[] = [];
  const objects: Manifest[] = [];
  for (const [name, entry] of inventory) {
    const found = live.get(name);
    if (found?.state === "found") objects.push(found.object);
    if (entry.fingerprint === undefined) continue;
    if (found?.state === "absent") missing.push(entry);
    if (found?.state === "found" && !stillStands(entry, found.object, fingerprint)) moved.push({ entry, live: found.object });
  }
  return { missing, moved, health: applicationHealth(objects, application.name, inventory.size) };
};
