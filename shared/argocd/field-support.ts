import { type FieldPath, type FieldProblem, formatField } from "../model/field-problem.ts";
import type { Json } from "../model/json.ts";

/** What we do about a field that Argo CD knows and we do not act on. Unknown fields are never refused. */
export type Support =
  /** Kept and warned about: without it the same objects are applied. */
  | { readonly kind: "ignored"; readonly why: string }
  /** Leaving it out would apply something else than what was asked for. */
  | { readonly kind: "refused"; readonly why: string };

export interface FieldReport {
  readonly warnings: readonly string[];
  readonly problems: readonly FieldProblem[];
}

/**
 * Compares a document with what its schema kept of it: a field that is gone is unknown. Known fields are looked up in the table, by their
 * name with list positions left out (`spec.sources[].plugin`).
 */
export const reportFields = (
  written: Json | undefined,
  kept: unknown,
  table: Readonly<Record<string, Support>>,
  path: FieldPath = [],
): FieldReport => {
  const support = isUnset(written) ? undefined : table[patternOf(path)];
  if (support?.kind === "refused") return { warnings: [], problems: [{ path, message: support.why }] };
  if (support?.kind === "ignored")
    return { warnings: [`${formatField(path)} is not supported yet and has no effect: ${support.why}`], problems: [] };
  const reports = childrenOf(written).map(([step, value]) => {
    const below = isContainer(kept) ? Reflect.get(kept, step) : undefined;
    const here = [...path, step];
    return below === undefined
      ? { warnings: [`${formatField(here)} is not known and has no effect`], problems: [] }
      : reportFields(value, below, table, here);
  });
  return { warnings: reports.flatMap((report) => report.warnings), problems: reports.flatMap((report) => report.problems) };
};

const patternOf = (path: FieldPath): string =>
  path.reduce<string>((text, step) => (typeof step === "number" ? `${text}[]` : `${text}${text === "" ? "" : "."}${step}`), "");

/** What tools write for a field that nobody has set. */
const isUnset = (value: Json | undefined): boolean => value === "" || (isContainer(value) && Object.keys(value).length === 0);

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;

const childrenOf = (value: Json | undefined): readonly (readonly [string | number, Json])[] => {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return isContainer(value) ? Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, item]])) : [];
};
