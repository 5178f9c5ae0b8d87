import { isJsonObject, type Json, type JsonObject } from "../../shared/model/json.ts";

/** Server-side apply reduced to what tests need: maps merge, lists of named objects merge by name, everything else is one value. */

/** FieldsV1 of what a manifest says, below `spec`-like fields and labels; identity is nobody's field. */
export const fieldsOf = (manifest: JsonObject): JsonObject => {
  const { apiVersion, kind, metadata, ...rest } = manifest;
  const { name, namespace, uid, resourceVersion, ...meta } = isJsonObject(metadata) ? metadata : {};
  const owned = owning(rest);
  const ownedMeta = owning(meta);
  return Object.keys(ownedMeta).length === 0 ? owned : { "f:metadata": ownedMeta, ...owned };
};

const owning = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).flatMap(([field, each]) => (each === undefined ? [] : [[`f:${field}`, ownedValue(each)]])));

const ownedValue = (value: Json): JsonObject => {
  if (isJsonObject(value)) return owning(value);
  if (!isNamedList(value)) return {};
  return Object.fromEntries(value.map((item) => [keyOfItem(item), { ".": {}, ...owning(item) }]));
};

const keyOfItem = (item: JsonObject): string => `k:${JSON.stringify({ name: item.name })}`;

const isNamedList = (value: Json | undefined): value is readonly JsonObject[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isJsonObject(item) && typeof item.name === "string");

export const merge = (live: Json | undefined, applied: Json | undefined): Json | undefined => {
  if (applied === undefined) return live;
  if (isJsonObject(live) && isJsonObject(applied)) {
    const fields = [...new Set([...Object.keys(live), ...Object.keys(applied)])];
    return Object.fromEntries(fields.map((field) => [field, merge(live[field], applied[field])]));
  }
  if (!isNamedList(live) || !isNamedList(applied)) return applied;
  const added = applied.filter((item) => !live.some(({ name }) => name === item.name));
  const kept = live.map(
    (item) =>
      merge(
        item,
        applied.find(({ name }) => name === item.name),
      ) ?? item,
  );
  return [...kept, ...added];
};

/** What `fields` names and `kept` does not, taken out of the value. */
export const without = (value: Json | undefined, fields: JsonObject, kept: JsonObject): Json | undefined => {
  if (Object.keys(fields).length === 0) return undefined;
  if (isJsonObject(value)) {
    const rest = Object.entries(value).map(([field, each]) => {
      const owned = fields[`f:${field}`];
      const keeps = kept[`f:${field}`];
      if (!isJsonObject(owned)) return [field, each];
      if (keeps !== undefined && Object.keys(owned).length === 0) return [field, each];
      return [field, without(each, owned, isJsonObject(keeps) ? keeps : {})];
    });
    const left = rest.filter(([, each]) => each !== undefined);
    return left.length === 0 && Object.keys(kept).length === 0 ? undefined : Object.fromEntries(left);
  }
  if (!Array.isArray(value)) return Object.keys(kept).length === 0 ? undefined : value;
  const items = value.filter((item) => {
    const key = isJsonObject(item) ? keyOfItem(item) : "";
    return fields[key] === undefined || kept[key] !== undefined;
  });
  return items.length === 0 ? undefined : items;
};

/** `fields` minus all that `taken` names. */
export const subtract = (fields: JsonObject, taken: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, owned]) => {
      const gone = taken[key];
      if (!isJsonObject(owned) || !isJsonObject(gone)) return [[key, owned]];
      const left = subtract(owned, gone);
      return Object.keys(left).length === 0 ? [] : [[key, left]];
    }),
  );

/** Fields that `after` has and `before` has not, or with another value. */
export const changedFields = (before: JsonObject, after: JsonObject): JsonObject => {
  const owned = fieldsOf(after);
  const same = fieldsOf(unchanged(before, after));
  return subtract(owned, same);
};

const unchanged = (before: JsonObject, after: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(after).flatMap(([field, value]) => {
      const old = before[field];
      if (isJsonObject(old) && isJsonObject(value)) return [[field, unchanged(old, value)]];
      return JSON.stringify(old) === JSON.stringify(value) ? [[field, value]] : [];
    }),
  );

/** What of `fields` an object still has. */
export const stillThere = (fields: JsonObject, object: JsonObject): JsonObject => subtract(fields, subtract(fields, fieldsOf(object)));

/** Field names at which both own something. */
export const overlap = (a: JsonObject, b: JsonObject, at = ""): readonly string[] =>
  Object.entries(a).flatMap(([key, inA]) => {
    const inB = b[key];
    if (key === "." || !isJsonObject(inA) || !isJsonObject(inB)) return [];
    const path = `${at}.${key.slice(2)}`;
    return Object.keys(inA).length === 0 ? [path] : overlap(inA, inB, path);
  });
