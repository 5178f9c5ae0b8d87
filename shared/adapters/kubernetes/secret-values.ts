import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";

/**
 * The server's words about a Secret may quote its values (a number where a string belongs, a value that is no base64). Gives the text
 * back only if none of them is in it.
 */
export const withoutSecretValues = (manifest: Manifest, text: string): string =>
  secretValues(manifest).some((value) => text.includes(value)) ? "the server's message is withheld, it quotes a value of the Secret" : text;

const secretValues = (manifest: Manifest): readonly string[] => {
  if (manifest.kind !== "Secret" || manifest.apiVersion !== "v1") return [];
  return [manifest.data, manifest.stringData].flatMap((values) => {
    if (values === undefined) return [];
    if (!isJsonObject(values)) return [JSON.stringify(values)];
    return Object.values(values).flatMap((value) => {
      if (typeof value !== "string") return [JSON.stringify(value)];
      return [value, Buffer.from(value, "base64").toString("utf8")].filter((each) => each !== "" && !/^\W+$/.test(each));
    });
  });
};
