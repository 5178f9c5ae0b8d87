import { createHash } from "node:crypto";
import { isJsonObject, type Json } from "./json.ts";

/** sha256, hex. */
export const digestOf = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The same text for the same value, whatever the order of its fields. */
export const canonicalJson = (value: Json): string => JSON.stringify(sorted(value));

export const digestOfJson = (value: Json): string => digestOf(canonicalJson(value));

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const fields = Object.keys(value).sort();
  return Object.fromEntries(fields.flatMap((field) => (value[field] === undefined ? [] : [[field, sorted(value[field])]])));
};
