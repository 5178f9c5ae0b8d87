import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldPath } from "./field-path.ts";
import { nodeAt } from "./owners.ts";
import { escapePointer } from "./pointers.ts";

/** Fields that are left to others, as `ignoreDifferences` gives them for one object. */
export interface Ignored {
  /** JSON pointers into this very object; they and all below them. */
  readonly pointers: readonly string[];
  /** Managers whose fields are none of our business. */
  readonly managers: readonly string[];
  /** Sentences on expressions that do not fit this object's shape, so that nothing is ignored by them. */
  readonly unfit?: readonly string[];
}

/** What is left to others in an object, live, predicted or desired: items may stand in another order in each. */
export interface Ignoring {
  (object: Manifest): Ignored;
  /** Digest of the rules that say so, none of them run: another one, and the same object may be judged otherwise. Undefined for the usual ones. */
  rulesFor?(object: Manifest): string | undefined;
}

/** Where nobody ignores anything: `status` is what controllers see, not what anyone wants. */
export const nothingIgnored: Ignored = { pointers: ["/status"], managers: [] };

/** Decides for one object; made once, asked for each field. */
export interface IgnoredFields {
  ignores(path: FieldPath, pointer: string | undefined): boolean;
  /** A value without what is ignored inside it; undefined when nothing is left of it. */
  strip(value: Json | undefined, pointer: string | undefined): Json | undefined;
}

export const ignoredFieldsOf = (live: Manifest, { pointers, managers }: Ignored): IgnoredFields => {
  const others = ownedBy(live, managers);
  return {
    ignores: (path, pointer) =>
      (pointer !== undefined && pointers.some((each) => pointer === each || pointer.startsWith(`${each}/`))) || others.owns(path),
    strip: (value, pointer) =>
      value === undefined || pointer === undefined ? value : strip(value, pointer, pointersBelow(pointer, pointers)),
  };
};

/** An object without what is ignored in it by pointer. */
export const withoutIgnored = (object: Json, { pointers }: Ignored): Json | undefined => strip(object, "", new Set(pointers));

export interface OwnedPlaces {
  /** A field of theirs, by itself or inside a whole that is theirs; not a map, list or item of which only parts are. */
  owns(path: FieldPath): boolean;
  /** That there is an item or map at all is their doing, too. */
  hold(path: FieldPath): boolean;
}

export const ownedBy = (live: Manifest, managers: readonly string[]): OwnedPlaces => {
  const entries = (live.metadata.managedFields ?? []).flatMap(({ manager, fieldsV1 }) =>
    manager !== undefined && managers.includes(manager) && fieldsV1 ? [fieldsV1] : [],
  );
  const nodes = (path: FieldPath) => entries.map((fields) => nodeAt(fields, path)).filter((node) => node !== undefined);
  const isWhole = (node: JsonObject) => Object.keys(node).length === 0;
  return {
    owns: (path) => nodes(path).some(isWhole),
    hold: (path) => nodes(path).some((node) => isWhole(node) || node["."] !== undefined),
  };
};

const pointersBelow = (pointer: string, pointers: readonly string[]): ReadonlySet<string> =>
  new Set(pointers.filter((each) => each.startsWith(`${pointer}/`)));

/** A map or list that loses all it has goes, too: what is left of it is no difference to its absence. */
const strip = (value: Json, at: string, pointers: ReadonlySet<string>): Json | undefined => {
  if (pointers.size === 0) return value;
  if (Array.isArray(value)) {
    const kept = value.flatMap((item, index) => stripAt(item, `${at}/${index}`, pointers));
    return kept.length === 0 && value.length > 0 ? undefined : kept;
  }
  if (!isJsonObject(value)) return value;
  const fields = Object.entries(value);
  const kept = fields.flatMap(([field, each]) =>
    each === undefined ? [] : stripAt(each, `${at}/${escapePointer(field)}`, pointers).map((rest) => [field, rest] as const),
  );
  return kept.length === 0 && fields.length > 0 ? undefined : Object.fromEntries(kept);
};

const stripAt = (value: Json, at: string, pointers: ReadonlySet<string>): readonly Json[] => {
  if (pointers.has(at)) return [];
  const rest = strip(value, at, pointers);
  return rest === undefined ? [] : [rest];
};
