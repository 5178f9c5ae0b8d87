import { escapePointer } from "../diff/pointers.ts";
import { sameJson } from "../diff/same-json.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { JsonPatchOperation } from "../ports/cluster.ts";

/** The changes that make `after` of `before`. Lists are replaced as a whole: nobody knows which of their items is which. */
export const patchBetween = (before: JsonObject, after: JsonObject, at = ""): readonly JsonPatchOperation[] => {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields.flatMap((field) => changeOf(before[field], after[field], `${at}/${escapePointer(field)}`));
};

const changeOf = (before: Json | undefined, after: Json | undefined, path: string): readonly JsonPatchOperation[] => {
  // Lua has no null: a field that was null and is gone was not touched.
  if (sameJson(before, after) || (before === null && after === undefined)) return [];
  if (after === undefined) return [{ op: "remove", path }];
  if (before === undefined) return [{ op: "add", path, value: after }];
  if (isJsonObject(before) && isJsonObject(after)) return patchBetween(before, after, path);
  return [{ op: "replace", path, value: after }];
};

/** An object with one field set, maps on the way made where they are missing; `undefined` takes the field away. */
export const withField = (object: JsonObject, [field, ...rest]: readonly string[], value: Json | undefined): JsonObject => {
  if (field === undefined) return object;
  const { [field]: below, ...others } = object;
  if (rest.length === 0) return value === undefined ? others : { ...object, [field]: value };
  const inner = isJsonObject(below) ? below : {};
  if (value === undefined && !isJsonObject(below)) return object;
  return { ...object, [field]: withField(inner, rest, value) };
};
