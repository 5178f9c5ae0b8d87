import { fieldManager } from "../diff/field-manager.ts";
import { fingerprintOf } from "../diff/fingerprint.ts";
import type { Ignoring } from "../diff/ignored.ts";
import { howItStands } from "../diff/stands.ts";
import { applicationHealth } from "../health/application-health.ts";
import type { CustomHealth } from "../health/check.ts";
import type { Application } from "../model/application.ts";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { HealthStatus } from "../model/operation.ts";
import type { LiveObject } from "../ports/cluster.ts";

/** An owned object of which something of ours moved, or that a person's tool wrote to. */
export interface Moved {
  readonly entry: InventoryEntry;
  readonly live: Manifest;
}

export interface Judgement {
  /** Owned objects that are gone. */
  readonly missing: readonly InventoryEntry[];
  readonly moved: readonly Moved[];
  /** Other rules say by now what is ignored in them: see judge-anew.ts. */
  readonly unruled: readonly Moved[];
  readonly health: { readonly status: HealthStatus; readonly message?: string };
  /** All that the Application owns was seen; else only what an event named, or what answered. */
  readonly whole: boolean;
}

export interface JudgingOptions {
  readonly key: string;
  readonly peoplesTools: readonly string[];
  /** What is left to others in each object. */
  readonly ignored: Ignoring;
  /** People's own health scripts. */
  readonly custom?: CustomHealth;
  /** Formatted keys of the only objects to look at. */
  readonly only?: ReadonlySet<string> | undefined;
}

/**
 * Compares what an Application owns with what the lists brought. Asks nothing of the cluster: an unchanged object costs one hash at most. What has
 * no fingerprint was never applied, or Git no longer wants it: nothing in it can drift. What is read in another version than it was applied in
 * has another form: there only its uid says something.
 */
export const judge = (
  application: Application,
  inventory: Inventory,
  live: ReadonlyMap<string, LiveObject>,
  { key, peoplesTools, ignored, custom, only }: JudgingOptions,
): Judgement => {
  const fingerprint = (object: Manifest) => fingerprintOf(object, { fieldManager, key, peoplesTools, ignored: ignored(object) });
  const missing: InventoryEntry[] = [];
  const moved: Moved[] = [];
  const unruled: Moved[] = [];
  const objects: Manifest[] = [];
  let whole = only === undefined;
  for (const [name, entry] of inventory) {
    if (only && !only.has(name)) continue;
    const found = live.get(name);
    if (found?.state === "forbidden") whole = false;
    if (found?.state === "found") objects.push(found.object);
    if (entry.fingerprint === undefined) continue;
    if (found?.state === "absent") missing.push(entry);
    if (found?.state !== "found") continue;
    const { object } = found;
    const sameForm = object.apiVersion === entry.apiVersion;
    const standing = sameForm ? howItStands(entry, object, fingerprint, ignored) : entry.uid === object.metadata.uid ? "stands" : "moved";
    if (standing === "moved") moved.push({ entry, live: object });
    if (standing === "unruled") unruled.push({ entry, live: object });
  }
  // Hooks may be gone by their own policies.
  const expected = [...inventory.values()].filter(({ hook }) => !hook).length;
  return { missing, moved, unruled, health: applicationHealth(objects, application.name, expected, custom), whole };
};
