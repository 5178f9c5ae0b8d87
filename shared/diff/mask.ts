import { isJsonObject, type Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";

/** Gives each different value its own stand-in: equal look equal, different look different, none can be read, not even its length. */
type Mask = (value: Json) => string;

const maskByOrder = (): Mask => {
  const seen = new Map<string, string>();
  return (value) => {
    const text = JSON.stringify(value);
    const known = seen.get(text) ?? `<hidden ${seen.size + 1}>`;
    seen.set(text, known);
    return known;
  };
};

/** Fields of a Secret whose values are secret, and how they read in `data`: the same value looks the same in both. */
const secretFields = { data: (value: Json) => value, stringData: (value: Json) => (typeof value === "string" ? encoded(value) : value) };

const encoded = (text: string): string => Buffer.from(text).toString("base64");

export const isSecret = ({ apiVersion, kind }: Pick<Manifest, "apiVersion" | "kind">): boolean => apiVersion === "v1" && kind === "Secret";

/** Both objects with the same stand-ins where they hold a Secret's values; other kinds as they are. */
export const maskSecrets = (predicted: Manifest, live: Manifest): readonly [Manifest, Manifest] => {
  if (!isSecret(live)) return [predicted, live];
  const mask = maskByOrder();
  return [masked(predicted, mask), masked(live, mask)];
};

/** One object with its Secret values hidden, for showing it alone. */
export const maskSecret = (manifest: Manifest): Manifest => maskSecrets(manifest, manifest)[0];

const masked = (secret: Manifest, mask: Mask): Manifest => {
  const { annotations } = secret.metadata;
  const fields = Object.entries(secretFields).flatMap(([field, asData]) =>
    secret[field] === undefined ? [] : [[field, maskEach(secret[field], (value) => mask(asData(value)))]],
  );
  // Whole manifests stand in some, such as the last-applied configuration.
  const hidden = annotations && Object.fromEntries(Object.entries(annotations).map(([name, value]) => [name, mask(value)]));
  return { ...secret, ...Object.fromEntries(fields), metadata: { ...secret.metadata, ...(hidden && { annotations: hidden }) } };
};

const maskEach = (values: Json, mask: Mask): Json =>
  isJsonObject(values)
    ? Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === undefined ? value : mask(value)]))
    : mask(values);
