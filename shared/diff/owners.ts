import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { ManagedFieldsEntry, Manifest } from "../model/manifest.ts";
import type { FieldPath } from "./field-path.ts";

/** What an entry owns at a path: its subtree there, `{}` where it owns the field or a whole that contains it, undefined where it owns nothing. */
export const nodeAt = (fields: JsonObject, path: FieldPath): JsonObject | undefined => {
  if (Object.keys(fields).length === 0) return undefined;
  let node = fields;
  for (const segment of path) {
    const below = node[segment];
    if (!isJsonObject(below)) return Object.keys(node).length === 0 ? node : undefined;
    node = below;
  }
  return node;
};

/** Who else the cluster records as owner of a field: the latest one. After a removal there is nobody, after `kubectl scale` no time. */
export const ownerOf = (
  live: Manifest,
  path: FieldPath,
  fieldManager: string,
): Pick<ManagedFieldsEntry, "manager" | "time"> | undefined => {
  const owners = (live.metadata.managedFields ?? []).filter(
    ({ manager, operation, subresource, fieldsV1 }) =>
      !(manager === fieldManager && operation === "Apply") && subresource !== "status" && fieldsV1 && nodeAt(fieldsV1, path) !== undefined,
  );
  return owners.toSorted((a, b) => (b.time ?? "").localeCompare(a.time ?? ""))[0];
};
