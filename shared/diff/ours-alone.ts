import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { type FieldPath, parsed } from "./field-path.ts";
import { applyEntryOf, stepInto } from "./managed-fields.ts";
import { nodeAt } from "./owners.ts";

/** Of a live value what our apply owns and no other manager does; undefined where that is nothing. An item brings its keys along. */
export type OursAlone = (path: FieldPath, live: Json | undefined) => Json | undefined;

export const oursAlone = (live: Manifest, fieldManager: string): OursAlone => {
  const ours = applyEntryOf(live, fieldManager);
  const others = (live.metadata.managedFields ?? []).flatMap((entry) => (entry !== ours && entry.fieldsV1 ? [entry.fieldsV1] : []));
  const fields = ours?.fieldsV1;
  return (path, value) => {
    const node = fields && nodeAt(fields, path);
    const theirs = others.map((each) => nodeAt(each, path)).filter((each) => each !== undefined);
    return node && value !== undefined ? withKeys(path.at(-1) ?? "", part(node, theirs, value)) : undefined;
  };
};

/** @param theirs What other managers own at the same place. */
const part = (ours: JsonObject, theirs: readonly JsonObject[], live: Json): Json | undefined => {
  if (isWhole(ours) || !(isJsonObject(live) || Array.isArray(live))) return theirs.length === 0 ? live : undefined;
  if (theirs.some(isWhole)) return undefined;
  const below = Object.entries(ours).flatMap(([segment, node]): readonly (readonly [string, Json])[] => {
    const { value } = stepInto({ value: live, pointer: "" }, segment);
    if (segment === "." || !isJsonObject(node) || value === undefined) return [];
    const kept = part(node, childrenOf(theirs, segment), value);
    return kept === undefined ? [] : [[segment, kept]];
  });
  const isOurs = ours["."] !== undefined && !theirs.some((each) => each["."] !== undefined);
  if (below.length === 0 && !isOurs) return undefined;
  if (isJsonObject(live)) return Object.fromEntries(below.map(([segment, value]) => [segment.slice(2), value]));
  return below.flatMap(([segment, value]) => withKeys(segment, value) ?? []);
};

const isWhole = (node: JsonObject): boolean => Object.keys(node).length === 0;

const childrenOf = (nodes: readonly JsonObject[], segment: string): readonly JsonObject[] =>
  nodes.map((node) => node[segment]).filter((node) => isJsonObject(node));

/** An item is told by its keys, which the server may have defaulted: then nobody owns them. */
const withKeys = (segment: string, item: Json | undefined): Json | undefined => {
  const keys = segment.startsWith("k:") ? parsed(segment.slice(2)) : undefined;
  return isJsonObject(keys) && isJsonObject(item) ? { ...keys, ...item } : item;
};
