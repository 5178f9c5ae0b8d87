import type { Json } from "../model/json.ts";

/** The API server drops a null where a field is not nullable, and so do we. In Helm's values null is a value: it removes a chart's default. */
export const withoutNulls = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(fields.map(([name, field = null]) => [name, name === "valuesObject" ? field : withoutNulls(field)]));
};
