import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldPath } from "./field-path.ts";
import { nodeAt } from "./owners.ts";

/** How a list's items are told apart. The server knows from its schema; here it is read off the managedFields of both sides. */
export type ListKind =
  | { readonly kind: "keyed"; readonly keys: readonly string[] }
  | { readonly kind: "set" }
  | { readonly kind: "atomic" };

/** Answers for any list in either object. */
export const listKindsOf = (...objects: readonly Manifest[]): ((path: FieldPath) => ListKind) => {
  const entries = objects.flatMap((object) =>
    (object.metadata.managedFields ?? []).flatMap(({ fieldsV1 }) => (fieldsV1 ? [fieldsV1] : [])),
  );
  return (path) => {
    const segments = entries.flatMap((fields) => Object.keys(nodeAt(fields, path) ?? {}));
    const key = segments.find((segment) => segment.startsWith("k:"));
    if (key) return { kind: "keyed", keys: namesIn(key.slice(2)) };
    return segments.some((segment) => segment.startsWith("v:")) ? { kind: "set" } : { kind: "atomic" };
  };
};

const namesIn = (text: string): readonly string[] => {
  const keys: Json = JSON.parse(text);
  return isJsonObject(keys) ? Object.keys(keys) : [];
};

/** The items by their segment, in order; undefined where an item lacks a key or two have the same. */
export const itemsBySegment = (list: readonly Json[], kind: ListKind): ReadonlyMap<string, Json> | undefined => {
  if (kind.kind === "atomic") return undefined;
  const items = new Map(
    list.map((item) => [kind.kind === "set" ? `v:${JSON.stringify(item)}` : keySegment(item, kind.keys), item] as const),
  );
  return items.size === list.length && !items.has("") ? items : undefined;
};

const keySegment = (item: Json, keys: readonly string[]): string => {
  if (!isJsonObject(item) || keys.some((key) => item[key] === undefined)) return "";
  const named: JsonObject = Object.fromEntries(keys.map((key) => [key, item[key]]));
  return `k:${JSON.stringify(named)}`;
};

export interface Partner {
  readonly index: number;
  readonly segment: string;
}

/**
 * Which live item is meant by each desired one, by index. A key that the manifest leaves to the server's default (a port's protocol) does not
 * count, as long as only one item is left.
 */
export const matchItems = (desired: readonly Json[], live: readonly Json[], kind: ListKind): ReadonlyMap<number, Partner> => {
  const segments = [...(itemsBySegment(live, kind)?.keys() ?? [])];
  const exact = desired.map((item) => segments.indexOf(kind.kind === "keyed" ? keySegment(item, kind.keys) : `v:${JSON.stringify(item)}`));
  const partners = desired.map((item, index): readonly [number, Partner] | undefined => {
    const free = segments.keys().filter((at) => !exact.includes(at) && isMeant(item, live[at], kind));
    const [only, another] = exact[index] === -1 ? [...free] : [exact[index]];
    const segment = segments[only ?? -1];
    return only !== undefined && another === undefined && segment !== undefined ? [index, { index: only, segment }] : undefined;
  });
  return new Map(partners.filter((each) => each !== undefined));
};

const isMeant = (item: Json, candidate: Json | undefined, kind: ListKind): boolean => {
  if (kind.kind !== "keyed" || !isJsonObject(item) || !isJsonObject(candidate)) return false;
  return kind.keys.every((key) => item[key] === undefined || item[key] === candidate[key]);
};
