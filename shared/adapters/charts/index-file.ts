import { FAILSAFE_SCHEMA, load } from "js-yaml";
import { Failure } from "../../model/failure.ts";

/** What is kept of a chart repository's `index.yaml`, which may have tens of megabytes. */
export type ChartIndex = ReadonlyMap<string, readonly IndexedVersion[]>;

export interface IndexedVersion {
  readonly version: string;
  /** As written: absolute, or relative to the repository. */
  readonly urls: readonly string[];
  readonly digest: string | undefined;
}

/** Scalars stay text: a version written as `1.10` without quotes must not become 1.1. Rows that make no sense are left out, as Helm does. */
export const readIndex = (text: string, label: string): ChartIndex => {
  const entries = fieldOf(parse(text, label), "entries");
  if (!isRecord(entries)) throw new Failure("SourceInvalid", label, `${label} is not the index of a chart repository: it has no entries.`);
  return new Map(Object.entries(entries).map(([name, rows]) => [name, Array.isArray(rows) ? rows.flatMap(versionOf) : []]));
};

const parse = (text: string, label: string): unknown => {
  try {
    return load(text, { schema: FAILSAFE_SCHEMA });
  } catch (cause) {
    throw new Failure("SourceInvalid", label, `${label} cannot be read as YAML.`, { cause });
  }
};

const versionOf = (row: unknown): readonly IndexedVersion[] => {
  const version = fieldOf(row, "version");
  const urls = fieldOf(row, "urls");
  const digest = fieldOf(row, "digest");
  if (typeof version !== "string" || !Array.isArray(urls)) return [];
  const places = urls.filter((url) => typeof url === "string" && url !== "");
  if (places.length === 0) return [];
  return [
    {
      version,
      urls: places,
      digest: typeof digest === "string" && digest !== "" ? digest.replace(/^sha256:/, "").toLowerCase() : undefined,
    },
  ];
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const fieldOf = (value: unknown, field: string): unknown => (isRecord(value) ? value[field] : undefined);
