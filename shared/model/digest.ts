import { hash } from "node:crypto";
import { isJsonObject, type Json } from "./json.ts";

/** sha256, hex. */
export const digestOf = (bytes: string | Uint8Array): string => hash("sha256", bytes, "hex");

/** The same text for the same value, whatever the order of its fields. Absent fields are left out, as in JSON. */
export const canonicalJson = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  let text = "";
  for (const field of Object.keys(value).sort()) {
    const below = value[field];
    if (below !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(field)}:${canonicalJson(below)}`;
  }
  return `{${text}}`;
};

export const digestOfJson = (value: Json): string => digestOf(canonicalJson(value));
