import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { ManagedFieldsEntry, Manifest } from "../model/manifest.ts";
import type { FieldChange } from "../model/operation.ts";
import { isPeoples } from "../model/peoples-tools.ts";
import type { JsonPatchOperation } from "../ports/cluster.ts";
import { fieldChange } from "./field-change.ts";
import type { FieldPath } from "./field-path.ts";
import { type Ignored, type IgnoredFields, ignoredFieldsOf, nothingIgnored } from "./ignored.ts";
import { applyEntryOf, stepInto } from "./managed-fields.ts";
import { maskSecret } from "./mask.ts";
import { leftAlone } from "./never-foreign.ts";
import { nodeAt } from "./owners.ts";

export interface ForeignOptions {
  readonly fieldManager: string;
  /** Field managers that are people's tools, by prefix. */
  readonly tools?: readonly string[] | undefined;
  /**
   * The server's time of our first apply, ISO 8601; without it that of our last one. What people's tools wrote until then is what the object
   * was taken over with, and none of our business.
   */
  readonly since?: string | undefined;
  readonly ignored?: Ignored;
}

/** What people's tools added to an object of ours. `patch` removes it; empty where there is nothing. */
export interface ForeignFields {
  readonly fields: readonly FieldChange[];
  readonly patch: readonly JsonPatchOperation[];
}

const nothing: ForeignFields = { fields: [], patch: [] };

/**
 * Fields of people's tools that our apply says nothing about: a container, a variable, a label added by hand. A forced apply leaves them, so
 * they are named and removed by themselves. Ask of the answer to an apply, or to its dry run: there our fields are ours again.
 *
 * Never: fields that anybody else owns, too; what `never-foreign.ts` lists; entries without a time, which only `kubectl scale` leaves. One
 * manager has one entry with one time: what it wrote before we took the object over counts as new once it writes again.
 */
export const foreignFields = (
  object: Manifest,
  { fieldManager, tools, since, ignored = nothingIgnored }: ForeignOptions,
): ForeignFields => {
  const foreign = foreignEntries(object, { fieldManager, tools, since });
  if (foreign.length === 0) return nothing;
  const entries = object.metadata.managedFields ?? [];
  const others = entries.flatMap((entry) => (foreign.includes(entry) || !entry.fieldsV1 ? [] : [entry.fieldsV1]));
  const search: Search = { others, ignored: ignoredFieldsOf(object, ignored), found: [] };
  const union = foreign.reduce<JsonObject>((all, { fieldsV1 = {} }) => unionOf(all, fieldsV1), {});
  remove(union, { path: [], pointer: "", value: object }, search);
  if (search.found.length === 0) return nothing;
  const shown = maskSecret(object);
  return {
    fields: search.found.map((place) => namedField(place, shown, foreign)).toReversed(),
    patch: search.found.map(({ pointer }) => ({ op: "remove", path: pointer })),
  };
};

/** The object as if no tool of a person had written to it since our first apply. */
export const withoutForeign = (object: Manifest, options: ForeignOptions): Manifest => {
  const foreign = foreignEntries(object, options);
  const managedFields = (object.metadata.managedFields ?? []).filter((entry) => !foreign.includes(entry));
  return { ...object, metadata: { ...object.metadata, managedFields } };
};

const foreignEntries = (object: Manifest, { fieldManager, tools, since }: ForeignOptions): readonly ManagedFieldsEntry[] => {
  const ours = applyEntryOf(object, fieldManager);
  const from = since ?? ours?.time;
  if (!ours || from === undefined) return [];
  return (object.metadata.managedFields ?? []).filter(
    (entry) => entry !== ours && isPeoples(entry, tools) && entry.time !== undefined && entry.time > from,
  );
};

interface Place {
  readonly path: FieldPath;
  readonly pointer: string;
  readonly value: Json | undefined;
}

interface Search {
  readonly others: readonly JsonObject[];
  readonly ignored: IgnoredFields;
  /** Later items of a list before earlier ones, so that removing one moves none that is still to be removed. */
  readonly found: Place[];
}

/** Finds what goes at and below a place; answers whether that is all of it. */
const remove = (fields: JsonObject, place: Place, search: Search): boolean => {
  const { path, pointer, value } = place;
  if (value === undefined || leftAlone(path) || search.ignored.ignores(path, pointer)) return false;
  const isShared = search.others.some((owned) => nodeAt(owned, path) !== undefined);
  const segments = Object.keys(fields).filter((segment) => segment !== ".");
  if (segments.length === 0 && path.length > 0) return !isShared && foundAt(place, search);
  const before = search.found.length;
  const below = segments.map((segment) => childOf(segment, fields, place)).toSorted((a, b) => b.order - a.order);
  const gone = below.filter((child) => remove(child.fields, child.place, search));
  const isWhole = "." in fields && !isShared && gone.length === sizeOf(value) && !isNamedByEntry(path);
  if (isWhole) {
    search.found.length = before;
    return foundAt(place, search);
  }
  // An item that stays keeps what it is told apart by.
  if (path.at(-1)?.startsWith("k:")) dropKeys(path.at(-1) ?? "", pointer, before, search);
  return false;
};

/** Labels and annotations are spoken of one by one, whoever made the first of them: a controller adds its own a moment later. */
const isNamedByEntry = (path: FieldPath): boolean =>
  path.at(-2) === "f:metadata" && ["f:labels", "f:annotations"].includes(path.at(-1) ?? "");

const foundAt = (place: Place, search: Search): true => {
  search.found.push(place);
  return true;
};

const childOf = (segment: string, fields: JsonObject, { path, pointer, value }: Place) => {
  const node = fields[segment];
  const at = stepInto({ value, pointer }, segment);
  return {
    fields: isJsonObject(node) ? node : {},
    place: { path: [...path, segment], pointer: at.pointer ?? "", value: at.value },
    order: Array.isArray(value) ? Number(at.pointer?.split("/").at(-1) ?? -1) : 0,
  };
};

const sizeOf = (value: Json): number => (Array.isArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0);

const dropKeys = (segment: string, pointer: string, from: number, search: Search): void => {
  const keys: Json = JSON.parse(segment.slice(2));
  const pointers = new Set(isJsonObject(keys) ? Object.keys(keys).map((key) => `${pointer}/${key}`) : []);
  const kept = search.found.splice(from).filter((place) => !pointers.has(place.pointer));
  search.found.push(...kept);
};

const unionOf = (a: JsonObject, b: JsonObject): JsonObject => {
  const segments = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(
    segments.map((segment) => {
      const [inA, inB] = [a[segment], b[segment]];
      return [segment, isJsonObject(inA) && isJsonObject(inB) ? unionOf(inA, inB) : (inA ?? inB)];
    }),
  );
};

const namedField = ({ path }: Place, shown: Manifest, foreign: readonly ManagedFieldsEntry[]): FieldChange => {
  const owners = foreign.filter(({ fieldsV1 }) => fieldsV1 !== undefined && nodeAt(fieldsV1, path) !== undefined);
  const value = path.reduce<{ value: Json | undefined; pointer: string | undefined }>(stepInto, { value: shown, pointer: "" }).value;
  return fieldChange(path, { live: value }, owners.toSorted((a, b) => (b.time ?? "").localeCompare(a.time ?? ""))[0]);
};
