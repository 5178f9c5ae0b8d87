import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { ManagedFieldsEntry, Manifest } from "../model/manifest.ts";
import { describePath, type FieldPath, parsed } from "./field-path.ts";
import { escapePointer } from "./pointers.ts";
import { sameJson } from "./same-json.ts";

/** One field that an entry of `managedFields` owns, and what the object has there. */
export interface OwnedField {
  readonly path: FieldPath;
  /** JSON pointer into the object; undefined where the object has no such field. */
  readonly pointer: string | undefined;
  /** The whole value of a field, or for an item of a list or map that is owned as such (`.`) only that it is there. */
  readonly value: Json | undefined;
}

/** The entry of server-side apply by this manager. There is at most one, whatever the apiVersion. */
export const applyEntryOf = (object: Manifest, fieldManager: string): ManagedFieldsEntry | undefined =>
  object.metadata.managedFields?.find((entry) => entry.manager === fieldManager && entry.operation === "Apply" && !entry.subresource);

/** All fields that an entry owns, in a fixed order, as paths in people's notation with the object's values. */
export const describeOwned = (fields: JsonObject, object: Json): readonly { readonly path: string; readonly value: Json | undefined }[] => {
  const found: { path: string; value: Json | undefined }[] = [];
  walkOwned(fields, object, (field) => found.push({ path: describePath(field.path), value: field.value }));
  return found;
};

/** Calls `visit` for each owned field, sorted by segment, so that the same entry gives the same order. */
export const walkOwned = (fields: JsonObject, object: Json | undefined, visit: (field: OwnedField) => void): void =>
  walk(fields, { value: object, pointer: object === undefined ? undefined : "" }, [], visit);

interface Place {
  readonly value: Json | undefined;
  readonly pointer: string | undefined;
}

const walk = (fields: JsonObject, at: Place, path: FieldPath, visit: (field: OwnedField) => void): void => {
  for (const segment of Object.keys(fields).sort()) {
    const below = fields[segment];
    if (segment === ".") visit({ path, pointer: at.pointer, value: at.value !== undefined });
    else if (isJsonObject(below)) {
      const place = stepInto(at, segment);
      const deeper = [...path, segment];
      if (isEmpty(below)) visit({ path: deeper, ...place });
      else walk(below, place, deeper, visit);
    }
  }
};

const isEmpty = (fields: JsonObject): boolean => {
  for (const _ in fields) return false;
  return true;
};

/** From a value to the one that a segment names. */
export const stepInto = ({ value, pointer }: Place, segment: string): Place => {
  const rest = segment.slice(2);
  if (segment.startsWith("f:")) {
    const field = isJsonObject(value) && Object.hasOwn(value, rest) ? value[rest] : undefined;
    return { value: field, pointer: field === undefined ? undefined : `${pointer}/${escapePointer(rest)}` };
  }
  const index = Array.isArray(value) ? indexOf(value, segment[0], rest) : -1;
  return Array.isArray(value) && index >= 0
    ? { value: value[index], pointer: `${pointer}/${index}` }
    : { value: undefined, pointer: undefined };
};

const indexOf = (list: readonly Json[], kind: string | undefined, rest: string): number => {
  if (kind === "i") return Number(rest);
  const wanted = parsed(rest);
  if (kind === "v") return list.findIndex((item) => sameJson(item, wanted));
  return isJsonObject(wanted) ? list.findIndex((item) => isJsonObject(item) && hasKeys(item, wanted)) : -1;
};

const hasKeys = (item: JsonObject, keys: JsonObject): boolean => {
  for (const name in keys) if (item[name] !== keys[name]) return false;
  return true;
};
