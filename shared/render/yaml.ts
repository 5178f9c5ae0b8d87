import { load, YAMLException } from "js-yaml";
import { Failure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import { kubectlSchema } from "./scalars.ts";

/** One document of a YAML stream. */
export interface YamlDocument {
  /** Line in the file where it begins, from 1. */
  readonly line: number;
  readonly value: Json;
}

export interface ParsedYaml {
  /** In order, empty ones left out. */
  readonly documents: readonly YamlDocument[];
  /** For people, each naming file and line. */
  readonly warnings: readonly string[];
}

/** Aliases may add this many values to what the text itself can hold; kubectl's parser stops alias bombs in the same spirit. */
const valuesFromAliases = 100_000;
/** Deeper than any object that an API server accepts, shallow enough for our stack. */
const maxDepth = 500;

/**
 * Reads YAML or JSON exactly as kubectl does.
 * @param file Its path, or what says for a line of the text where people find it.
 * @throws Failure ManifestInvalid naming file and line; LimitExceeded for alias bombs.
 */
export const parseYaml = (text: string, file: string | ((line: number) => string)): ParsedYaml => {
  const at = typeof file === "string" ? (line: number) => `${file}:${line}` : file;
  const warnings: string[] = [];
  const documents = splitDocuments(text.startsWith("\uFEFF") ? text.slice(1) : text).flatMap(({ line, source }) => {
    const value = parseDocument(source, (offset) => at(line + offset), warnings);
    if (value === undefined || value === null) return [];
    return [{ line, value: toJson(value, at(line), source.length, warnings) }];
  });
  return { documents, warnings };
};

interface Part {
  readonly line: number;
  readonly source: string;
}

/** A line that begins with `---` ends a document whatever came before, also for kubectl; so an error in one names its own line. */
const splitDocuments = (text: string): readonly Part[] => {
  const parts: Part[] = [];
  let line = 1;
  for (const part of text.split(/^(?=---(?:[ \t\r\n]|$))/m)) {
    if (part.trim() !== "") parts.push({ line, source: part });
    line += part.split("\n").length - 1;
  }
  return joinDirectives(parts);
};

/** `%YAML 1.2` stands before the `---` of the document it is about. */
const joinDirectives = (parts: readonly Part[]): readonly Part[] => {
  const [first, second, ...rest] = parts;
  if (!first || !second || !/^(?:\s*#.*\n|\s*\n)*%/.test(first.source)) return parts;
  return [{ line: first.line, source: first.source + second.source }, ...rest];
};

const parseDocument = (source: string, at: (offset: number) => string, warnings: string[]): unknown => {
  if (!/^\s*[^\s#]/m.test(source.replace(/^---/, ""))) return undefined;
  try {
    return load(source, { schema: kubectlSchema, maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const where = at(error.mark?.line ?? 0);
    if (error.reason === "duplicated mapping key") {
      // kubectl takes the last one without a word; people want to know.
      warnings.push(`${where}: a key stands twice in the same mapping, the last one counts`);
      return parseAgain(source, where);
    }
    throw new Failure("ManifestInvalid", where, `${where}: ${error.reason}; correct the YAML there`);
  }
};

const parseAgain = (source: string, where: string): unknown => {
  try {
    return load(source, { schema: kubectlSchema, maxDepth, json: true });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new Failure("ManifestInvalid", where, `${where}: ${error.reason}; correct the YAML there`);
  }
};

interface Check {
  /** Values still allowed; aliased ones count as often as they appear. */
  left: number;
  /** An integer that a number here cannot hold exactly. */
  inexact?: number;
}

const isJson = (value: unknown, check: Check): value is Json => {
  if (--check.left < 0) return false;
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 64) check.inexact = value;
      return Number.isFinite(value);
    case "object":
      return value === null || (Array.isArray(value) ? value : Object.values(value)).every((item) => isJson(item, check));
    default:
      return false;
  }
};

const toJson = (value: unknown, where: string, textLength: number, warnings: string[]): Json => {
  const check: Check = { left: textLength + valuesFromAliases };
  if (!isJson(value, check)) {
    if (check.left < 0)
      throw new Failure("LimitExceeded", where, `${where}: aliases unfold to more than ${valuesFromAliases} values; use fewer of them`);
    throw new Failure(
      "ManifestInvalid",
      where,
      `${where}: infinity and not-a-number have no place in an object; write a number or a string`,
    );
  }
  if (check.inexact !== undefined)
    warnings.push(`${where}: ${check.inexact} has more digits than are kept here; write it as a string where the field takes one`);
  return value;
};
