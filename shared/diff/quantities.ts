import { isJsonObject, type Json } from "../model/json.ts";
import type { FieldPath } from "./field-path.ts";
import { sameJson } from "./same-json.ts";

/**
 * Whether two values mean the same where they stand. The server keeps the family of units that a quantity was written in, so `123Mi` and
 * `128974848` are two texts of one amount; elsewhere such texts are different.
 */
export const sameMeaning = (a: Json | undefined, b: Json | undefined, path: FieldPath): boolean =>
  sameJson(a, b) || same(a, b, namesIn(path));

/** Fields on the way, without items of lists. */
const namesIn = (path: FieldPath): readonly string[] =>
  path.filter((segment) => segment.startsWith("f:")).map((segment) => segment.slice(2));

const same = (a: Json | undefined, b: Json | undefined, names: readonly string[]): boolean => {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index], names));
  if (isJsonObject(a)) {
    if (!isJsonObject(b)) return false;
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((field) => same(a[field], b[field], [...names, field]));
  }
  if (sameJson(a, b)) return true;
  if (!isQuantity(names)) return false;
  const [one, other] = [amountOf(a), amountOf(b)];
  return one !== undefined && one === other;
};

/** Where Kubernetes' own types have quantities, also inside custom resources that take them over. */
const isQuantity = (names: readonly string[]): boolean => {
  const [above = "", parent = "", field = ""] = names.slice(-3);
  if (["limits", "requests"].includes(parent)) return above === "resources";
  if (parent === "hard" || (above === "overhead" && parent === "podFixed")) return true;
  if (names[0] === "spec" && above === "limits")
    return ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"].includes(parent);
  return (
    (parent === "capacity" && field === "storage") ||
    (parent === "emptyDir" && field === "sizeLimit") ||
    (parent === "target" && /^(averageV|v)alue$/.test(field))
  );
};

const powers: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** In billionths, the finest that a quantity has. */
const amountOf = (value: Json | undefined): bigint | undefined => {
  const found = /^([+-]?)(\d{0,30})(?:\.(\d{0,30}))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,2}))?$/.exec(String(value));
  if (!found || (typeof value !== "string" && typeof value !== "number")) return undefined;
  const [, sign = "", whole = "", part = "", power, unit = "", exponent] = found;
  if (whole + part === "") return undefined;
  const scale = 9 + (exponent === undefined ? (powers[unit] ?? 0) : Number(exponent)) - part.length;
  const digits = BigInt(sign + whole + part) * (power === undefined ? 1n : 1024n ** BigInt(binary.indexOf(power) + 1));
  return scale >= 0 ? digits * 10n ** BigInt(scale) : digits / 10n ** BigInt(-scale);
};
