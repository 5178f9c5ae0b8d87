import { isJsonObject, type Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldPath } from "./field-path.ts";
import { escapePointer } from "./managed-fields.ts";
import { nodeAt } from "./owners.ts";

/** Fields that are left to others, as `ignoreDifferences` gives them for one object. */
export interface Ignored {
  /** JSON pointers into the live object; they and all below them. */
  readonly pointers: readonly string[];
  /** Managers whose fields are none of our business. */
  readonly managers: readonly string[];
}

export const nothingIgnored: Ignored = { pointers: [], managers: [] };

/** Decides for one object; made once, asked for each field. */
export interface IgnoredFields {
  ignores(path: FieldPath, pointer: string | undefined): boolean;
  /** A value without what is ignored inside it. */
  strip(value: Json | undefined, pointer: string | undefined): Json | undefined;
}

export const ignoredFieldsOf = (live: Manifest, { pointers, managers }: Ignored): IgnoredFields => {
  const owned = (live.metadata.managedFields ?? []).flatMap(({ manager, fieldsV1 }) =>
    manager !== undefined && managers.includes(manager) && fieldsV1 ? [fieldsV1] : [],
  );
  return {
    ignores: (path, pointer) =>
      (pointer !== undefined && pointers.some((each) => pointer === each || pointer.startsWith(`${each}/`))) ||
      owned.some((fields) => nodeAt(fields, path) !== undefined),
    strip: (value, pointer) => {
      const inside = pointer === undefined ? [] : pointers.filter((each) => each.startsWith(`${pointer}/`));
      return inside.length === 0 || value === undefined || pointer === undefined ? value : strip(value, pointer, new Set(inside));
    },
  };
};

const strip = (value: Json, at: string, pointers: ReadonlySet<string>): Json => {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => (pointers.has(`${at}/${index}`) ? [] : [strip(item, `${at}/${index}`, pointers)]));
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).flatMap(([field, each]) => {
    const pointer = `${at}/${escapePointer(field)}`;
    return each === undefined || pointers.has(pointer) ? [] : [[field, strip(each, pointer, pointers)]];
  });
  return Object.fromEntries(kept);
};
