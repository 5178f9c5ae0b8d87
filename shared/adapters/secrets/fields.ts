import { Failure } from "../../model/failure.ts";
import { isJsonObject, type Json } from "../../model/json.ts";

export type SecretFields = Readonly<Record<string, string>>;

/**
 * The fields of an entry: those of a JSON object, or `{ value }` for any other text (an all-digit token stays text). Numbers and booleans
 * in an object become their text. Throws SecretInvalid for nested ones, without showing anything of the entry.
 */
export const secretFields = (name: string, text: string): SecretFields => {
  const parsed = parsedObject(text);
  if (parsed === undefined) return { value: text };
  return Object.fromEntries(
    Object.entries(parsed).map(([field, value]) => {
      if (typeof value === "object") throw nested(name, field);
      return [field, String(value)];
    }),
  );
};

const nested = (name: string, field: string): Failure =>
  new Failure(
    "SecretInvalid",
    name,
    `field ${field} of the secret ${name} is not a text: write its fields as texts in one flat JSON object`,
  );

const parsedObject = (text: string) => {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
