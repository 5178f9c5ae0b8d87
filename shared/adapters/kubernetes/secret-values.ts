import { isJsonObject, type Json } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";

/**
 * The server's words about a Secret may quote its values: a number where a string belongs, what an admission webhook was shown. Gives the text
 * back without what it got, and only if no value is in the rest.
 */
export const withoutSecretValues = (manifest: Manifest, text: string): string => {
  if (manifest.kind !== "Secret" || manifest.apiVersion !== "v1") return text;
  const said = withoutGot(text);
  return secretWords(manifest).some((word) => said.includes(word))
    ? "the server's message is withheld, it quotes a value of the Secret"
    : said;
};

/** structured-merge-diff's words; the value follows as Go prints it, and nothing says where it ends. */
const withoutGot = (text: string): string =>
  text.replace(/, got &.*$/s, ", got something else, which is withheld as a value of the Secret");

const secretWords = ({ data, stringData }: Manifest): readonly string[] => {
  const encoded = leavesOf(data).flatMap((value) => [value, Buffer.from(value, "base64").toString("utf8")]);
  const plain = leavesOf(stringData).flatMap((value) => [value, Buffer.from(value).toString("base64")]);
  return [...encoded, ...plain].flatMap(piecesOf).filter((word) => word !== "" && !/^\W+$/.test(word));
};

/** Everything that is written in there, whether it has the shape that a Secret asks for or not; numbers also as Go prints large ones. */
const leavesOf = (value: Json | undefined): readonly string[] => {
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value), value.toExponential().replace(/e([+-])(\d)$/, "e$10$2")];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return isJsonObject(value) ? Object.values(value).flatMap(leavesOf) : [String(value)];
};

/** Shorter ones are words that any sentence may have. */
const lineCharacters = 8;
/** A long text is cut off somewhere: the beginning of a line must do. */
const beginning = 32;

/** As a text may quote a value: as it is, escaped, in one line with the others, cut off. */
const piecesOf = (value: string): readonly string[] => {
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  const long = lines.filter((line) => line.length >= lineCharacters);
  const whole = [value.trim(), ...long];
  return [...whole, ...whole.map((each) => JSON.stringify(each).slice(1, -1))].map((each) => each.slice(0, beginning));
};
