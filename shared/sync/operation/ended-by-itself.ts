import type { Inventory } from "../../model/inventory.ts";
import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { formatKey, groupOf } from "../../model/resource-key.ts";
import type { Operation } from "../../state/operations.ts";
import { type Applicable, byPlace, type Group } from "./groups.ts";

/** Kinds that remove themselves once they have ended, and the field of their spec that asks for it. */
const lifetimes: Readonly<Record<string, string>> = { "batch/Job": "ttlSecondsAfterFinished", "argoproj.io/Workflow": "ttlStrategy" };

const removesItself = ({ apiVersion, kind, spec }: Manifest): boolean => {
  const lifetime = lifetimes[`${groupOf(apiVersion)}/${kind}`];
  return lifetime !== undefined && isJsonObject(spec) && (spec[lifetime] ?? null) !== null;
};

/**
 * A group without what this operation applied, and what removed itself when it had ended: made anew, it would run again. How it ended nobody can
 * tell by then, and whatever else is gone is made again. Argo CD makes neither again: it waits for both for as long as the operation may take.
 */
export const withoutEnded = (group: Group, operation: Operation, inventory: Inventory): Group => {
  const { at, objects, stored } = operation;
  const results = [...objects, ...(stored?.objects ?? [])].filter(({ code }) => code === "Synced");
  const applied = new Set(results.map(({ key }) => formatKey(key)));
  const isBegun = at !== undefined && byPlace(group, at) === 0;
  const hasEnded = ({ kind, object }: Applicable): boolean => {
    if (kind !== "create" || !removesItself(object.manifest)) return false;
    const key = formatKey(object.key);
    // Of many results the operation knows a part only; all of a group that was acted on is in the inventory, as it was applied.
    return applied.has(key) || (isBegun && inventory.get(key)?.desired === object.digest);
  };
  return { ...group, changes: group.changes.filter((change) => !hasEnded(change)) };
};
