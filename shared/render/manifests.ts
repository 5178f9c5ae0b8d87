import { Failure } from "../model/failure.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Manifest, ObjectMeta } from "../model/manifest.ts";
import { parseYaml } from "./yaml.ts";

export interface ParsedManifests {
  readonly manifests: readonly Manifest[];
  /** For people, each naming file and line. */
  readonly warnings: readonly string[];
}

/** More objects than any Application has, fewer than fill a function's memory. */
export const maxManifests = 20_000;
const maxListDepth = 10;

/**
 * Kubernetes objects of a YAML or JSON text: documents split, `List` kinds unfolded, empty documents left out.
 * @param name Names the text in messages: a path in the repository, or what rendered it.
 * @param at Says for a line of the text where people find it; without it `name:line`.
 * @throws Failure ManifestInvalid naming file, line and field; LimitExceeded.
 */
export const parseManifests = (text: string, name: string, at: (line: number) => string = (line) => `${name}:${line}`): ParsedManifests => {
  const { documents, warnings } = parseYaml(text, at);
  const told = [...warnings];
  const manifests = documents.flatMap(({ line, value }) => manifestsOf(value, at(line), told));
  if (manifests.length > maxManifests)
    throw new Failure(
      "LimitExceeded",
      name,
      `${name} holds ${manifests.length} objects, more than the ${maxManifests} that one source may have`,
    );
  return { manifests, warnings: told };
};

/**
 * The objects that one parsed document stands for.
 * @param where `file:line`, for messages.
 */
export const manifestsOf = (value: Json, where: string, warnings: string[], depth = 0): readonly Manifest[] => {
  if (!isJsonObject(value)) throw invalid(where, "holds no object", "a manifest has apiVersion, kind and metadata");
  if (!isList(value)) return [toManifest(value, where, warnings)];
  if (depth === maxListDepth) throw invalid(where, `nests lists deeper than ${maxListDepth}`, "put the objects side by side");
  return itemsOf(value).flatMap((item, index) => manifestsOf(withKindOf(value, item), `${where} items[${index}]`, warnings, depth + 1));
};

/** As kubectl sees it: any kind that ends in List and has items; a null there is an empty list. */
const isList = (value: JsonObject): boolean =>
  typeof value.kind === "string" && value.kind.endsWith("List") && (Array.isArray(value.items) || value.items === null);

const itemsOf = (list: JsonObject): readonly Json[] => (Array.isArray(list.items) ? list.items : []);

/** Items of a ConfigMapList may leave out that they are ConfigMaps. */
const withKindOf = (list: JsonObject, item: Json): Json => {
  if (!isJsonObject(item) || item.kind !== undefined || typeof list.kind !== "string" || list.kind === "List") return item;
  return { ...item, apiVersion: item.apiVersion ?? list.apiVersion, kind: list.kind.slice(0, -"List".length) };
};

const invalid = (where: string, problem: string, remedy: string): Failure =>
  new Failure("ManifestInvalid", where, `${where}: the document ${problem}; ${remedy}`);

const toManifest = (value: JsonObject, where: string, warnings: string[]): Manifest => {
  const { apiVersion, kind, metadata } = value;
  if (typeof kind !== "string" || kind === "") throw invalid(where, "has no kind", "add one, such as `kind: ConfigMap`");
  const what = `is a ${kind} that`;
  if (typeof apiVersion !== "string" || apiVersion === "")
    throw invalid(where, `${what} has no apiVersion`, "add one, such as `apiVersion: v1`");
  if (!isJsonObject(metadata)) throw invalid(where, `${what} has no metadata`, "add `metadata.name`");
  return { ...value, apiVersion, kind, metadata: toMeta(metadata, where, what, warnings) };
};

/** What the API server writes into metadata and refuses or ignores from others. People leave it in when they save a live object to a file. */
const serversOwn = ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "managedFields", "selfLink"];

const toMeta = (metadata: JsonObject, where: string, what: string, warnings: string[]): ObjectMeta => {
  const name = text(metadata, "name", where, what);
  const generateName = text(metadata, "generateName", where, what);
  if (name === undefined && generateName === undefined) throw invalid(where, `${what} has no metadata.name`, "give it a name");
  const namespace = text(metadata, "namespace", where, what);
  const labels = texts(metadata, "labels", where, what);
  const annotations = texts(metadata, "annotations", where, what);

  const left = serversOwn.filter((field) => isPresent(metadata[field]));
  if (left.length > 0)
    warnings.push(`${where}: ${left.map((field) => `metadata.${field}`).join(", ")} belong to the API server and were left out`);
  const { finalizers, ownerReferences, ...rest } = without(metadata, [
    ...serversOwn,
    "name",
    "generateName",
    "namespace",
    "labels",
    "annotations",
  ]);
  return {
    ...rest,
    name: name ?? "",
    ...(generateName === undefined ? {} : { generateName }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(Array.isArray(finalizers) ? { finalizers: finalizers.filter((value) => typeof value === "string") } : {}),
    ...(Array.isArray(ownerReferences) ? { ownerReferences: ownerReferences.filter(isJsonObject) } : {}),
  };
};

const isPresent = (value: Json | undefined): boolean => value !== undefined && value !== null;

const without = (value: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field)));

const text = (metadata: JsonObject, field: string, where: string, what: string): string | undefined => {
  const value = metadata[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw invalid(where, `${what} has a metadata.${field} that is ${describe(value)}`, `quote it: \`${field}: "${String(value)}"\``);
};

const texts = (metadata: JsonObject, field: string, where: string, what: string): Readonly<Record<string, string>> | undefined => {
  const value = metadata[field];
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw invalid(where, `${what} has metadata.${field} that are ${describe(value)}`, "write them as `key: value`");
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      if (typeof entry === "string") return [key, entry];
      if (entry === null || entry === undefined) return [key, ""];
      const problem = `${what} has metadata.${field}["${key}"] that is ${describe(entry)}`;
      throw invalid(where, problem, typeof entry === "object" ? "make it a string" : `quote it: \`${key}: "${String(entry)}"\``);
    }),
  );
};

const describe = (value: Json): string => {
  if (Array.isArray(value)) return "a list";
  if (isJsonObject(value)) return "a mapping";
  return `the ${typeof value} ${String(value)} and no text`;
};
