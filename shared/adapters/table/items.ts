import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Json } from "../../model/json.ts";
import type { Item, Key } from "../../ports/table.ts";

/** Checks what every item of ours has; a missing version means somebody else wrote it, or an update that forgot to set it. */
export const toItem = (raw: Readonly<Record<string, unknown>>): Item => {
  if (isItem(raw)) return raw;
  throw new Error(`item ${String(raw.pk)}/${String(raw.sk)} has no schema version "v": whatever creates an item must set it`);
};

const isItem = (raw: Readonly<Record<string, unknown>>): raw is Item =>
  typeof raw.pk === "string" && typeof raw.sk === "string" && typeof raw.v === "number";

/** Key of an item or an index entry. */
export const toKey = (raw: { readonly pk?: unknown; readonly sk?: unknown }): Key => ({ pk: String(raw.pk), sk: String(raw.sk) });

/** JSON from DynamoDB's own notation, in which the SDK's document client leaves the item of a failed condition. Sets and bytes are not ours. */
const fromAttribute = (value: AttributeValue): Json => {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(fromAttribute);
  if (value.M !== undefined) return fromAttributes(value.M);
  return null;
};

export const fromAttributes = (values: Readonly<Record<string, AttributeValue>>): Record<string, Json> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fromAttribute(value)]));

/** What is stored when this is written: without undefined attributes, at any depth. */
export const asStored = (item: Item): Item => toItem(JSON.parse(JSON.stringify(item)));
