import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FieldPath } from "./field-path.ts";
import { type ListKind, listKindsOf, matchItems } from "./list-keys.ts";

/**
 * What an apply would make of a live object as far as the manifest alone says, for where the server does not try it: every declared field, and the
 * rest as it is. Unlike the server it knows nothing of what admission makes of a field, and takes an item added to a list for one of others.
 */
export const asDeclared = (manifest: Manifest, live: Manifest): Manifest => {
  const listKind = listKindsOf(live);
  const { metadata, ...rest } = live;
  const { metadata: wantedMetadata, ...wanted } = manifest;
  return {
    ...overlaidMap(rest, wanted, [], listKind),
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    metadata: {
      ...metadata,
      // As after an apply: what is declared is not a person's alone.
      managedFields: [
        ...(metadata.managedFields ?? []),
        { manager: "declared", operation: "Apply", fieldsV1: fieldsOf(manifest, live, listKind) },
      ],
      ...(wantedMetadata.labels && { labels: { ...metadata.labels, ...wantedMetadata.labels } }),
      ...(wantedMetadata.annotations && { annotations: { ...metadata.annotations, ...wantedMetadata.annotations } }),
    },
  };
};

const fieldsOf = ({ metadata: { labels, annotations }, ...manifest }: Manifest, live: Manifest, kindAt: KindAt): JsonObject => {
  const declared: Fields = { ...manifest, metadata: { ...(labels && { labels }), ...(annotations && { annotations }) } };
  return fieldsIn(plain(declared), plain({ ...live, metadata: { ...live.metadata, managedFields: [] } }), [], kindAt);
};

/** As managedFields have them; `{}` for a whole that is declared as such. */
const fieldsIn = (wanted: Json, live: Json | undefined, path: FieldPath, kindAt: KindAt): JsonObject => {
  if (isJsonObject(wanted)) {
    const fields = Object.entries(wanted).filter(([, value]) => value !== undefined && value !== null);
    return Object.fromEntries(
      fields.map(([field, value]) => {
        const below = isJsonObject(live) ? live[field] : undefined;
        return [`f:${field}`, fieldsIn(value ?? null, below, [...path, `f:${field}`], kindAt)];
      }),
    );
  }
  if (!Array.isArray(wanted) || !Array.isArray(live)) return {};
  const items = [...matchItems(wanted, live, kindAt(path))].map(([at, { index, segment }]) => {
    const below = fieldsIn(wanted[at] ?? null, live[index], [...path, segment], kindAt);
    return [segment, Object.keys(below).length === 0 ? below : { ".": {}, ...below }];
  });
  return Object.fromEntries(items);
};

type KindAt = (path: FieldPath) => ListKind;
type Fields = Readonly<Record<string, Json | undefined>>;

const overlaidMap = (live: Fields, wanted: Fields, path: FieldPath, kindAt: KindAt): Fields => ({
  ...live,
  ...Object.fromEntries(
    Object.entries(wanted).map(([field, value]) => [field, overlaid(live[field], value, [...path, `f:${field}`], kindAt)]),
  ),
});

/** A field that is null says nothing, as in an apply. */
const overlaid = (live: Json | undefined, wanted: Json | undefined, path: FieldPath, kindAt: KindAt): Json | undefined => {
  if (wanted === undefined || wanted === null) return live;
  if (isJsonObject(wanted) && isJsonObject(live)) return plain(overlaidMap(live, wanted, path, kindAt));
  if (Array.isArray(wanted) && Array.isArray(live)) return overlaidList(live, wanted, path, kindAt);
  return wanted;
};

const overlaidList = (live: readonly Json[], wanted: readonly Json[], path: FieldPath, kindAt: KindAt): Json => {
  const kind = kindAt(path);
  if (kind.kind === "atomic") {
    // What the server fills in within an item is no difference.
    if (live.length !== wanted.length) return [...wanted];
    return live.map((item, index) => overlaid(item, wanted[index], [...path, `i:${index}`], kindAt) ?? null);
  }
  const partners = matchItems(wanted, live, kind);
  const byIndex = new Map([...partners].map(([index, partner]) => [partner.index, { item: wanted[index], segment: partner.segment }]));
  const kept = live.map((item, index) => {
    const partner = byIndex.get(index);
    return partner === undefined ? item : (overlaid(item, partner.item, [...path, partner.segment], kindAt) ?? null);
  });
  return [...kept, ...wanted.filter((_, index) => !partners.has(index))];
};

const plain = (fields: Fields): Json =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
