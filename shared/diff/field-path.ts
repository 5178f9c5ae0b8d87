import { isJsonObject, type Json } from "../model/json.ts";

/**
 * A field's place as FieldsV1 has it, one segment a step: `f:spec`, `k:{"name":"web"}` (item of a keyed list), `v:"x"` (item of a set),
 * `i:3` (item by index).
 */
export type FieldPath = readonly string[];

/** As people write it: `spec.template.spec.containers[name=web].image`, `metadata.labels["app.kubernetes.io/name"]`, `metadata.finalizers[=x]`. */
export const describePath = (path: FieldPath): string => path.map(describeSegment).join("").replace(/^\./, "");

const describeSegment = (segment: string): string => {
  const rest = segment.slice(2);
  switch (segment[0]) {
    case "f":
      return /^[\w$-]+$/.test(rest) ? `.${rest}` : `[${JSON.stringify(rest)}]`;
    case "k":
      return `[${describeKeys(rest)}]`;
    case "v":
      return `[=${scalar(parsed(rest))}]`;
    default:
      return `[${rest}]`;
  }
};

const describeKeys = (text: string): string => {
  const keys = parsed(text);
  if (!isJsonObject(keys)) return text;
  return Object.entries(keys)
    .map(([name, value]) => `${name}=${scalar(value)}`)
    .join(",");
};

const scalar = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

const segments = new Map<string, Json>();
const REMEMBERED = 10_000;

/** The JSON in a `k:` or `v:` segment. Few different ones occur, many times each. */
export const parsed = (text: string): Json => {
  const known = segments.get(text);
  if (known !== undefined) return known;
  const value = parseOrText(text);
  if (segments.size >= REMEMBERED) segments.clear();
  segments.set(text, value);
  return value;
};

const parseOrText = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
