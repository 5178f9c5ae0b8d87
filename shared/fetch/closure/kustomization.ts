import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { isRemote } from "./paths.ts";

/** kustomize takes any of these, and refuses a folder with two of them. */
export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

/** A place where a kustomization names something else. */
export interface Reference {
  /** For messages: `configMapGenerator[0].files[1]`. */
  readonly field: string;
  readonly target: string;
  /**
   * - `resource`: a file or another kustomization; `directory`: another kustomization;
   * - `file`: a file that must be there; `patch`: a file, or a patch written in place;
   * - `plugin`: a file with configurations of generators or transformers, a folder of them, or one written in place.
   */
  readonly kind: "resource" | "directory" | "file" | "patch" | "plugin";
}

/** Everything that a kustomization reads, the older spellings included. What has another shape than it should is left to kustomize to refuse. */
export const referencesOf = (kustomization: Json): readonly Reference[] => {
  if (!isJsonObject(kustomization)) return [];
  const fields = lowerCased(kustomization);
  return [
    ...texts(fields, "resources", "resource"),
    ...texts(fields, "bases", "resource"),
    ...texts(fields, "components", "directory"),
    ...texts(fields, "crds", "file"),
    ...texts(fields, "configurations", "file"),
    ...texts(fields, "patchesStrategicMerge", "patch"),
    ...paths(fields, "patches"),
    ...paths(fields, "patchesJson6902"),
    ...paths(fields, "replacements"),
    ...openApi(fields),
    ...generator(fields, "configMapGenerator"),
    ...generator(fields, "secretGenerator"),
    ...texts(fields, "generators", "plugin"),
    ...texts(fields, "transformers", "plugin"),
    ...texts(fields, "validators", "plugin"),
  ];
};

/** Go's JSON reader takes field names in any case. */
const lowerCased = (object: JsonObject): ReadonlyMap<string, Json> =>
  new Map(Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])));

type Fields = ReadonlyMap<string, Json>;

const listOf = (fields: Fields, name: string): readonly Json[] => {
  const value = fields.get(name.toLowerCase());
  return Array.isArray(value) ? value : [];
};

const texts = (fields: Fields, name: string, kind: Reference["kind"], as = name): readonly Reference[] =>
  listOf(fields, name).flatMap((target, at) => (typeof target === "string" ? [{ field: `${as}[${at}]`, target, kind }] : []));

const paths = (fields: Fields, name: string): readonly Reference[] =>
  listOf(fields, name).flatMap((entry, at) => {
    const path = isJsonObject(entry) ? lowerCased(entry).get("path") : undefined;
    return typeof path === "string" && path !== "" ? [{ field: `${name}[${at}].path`, target: path, kind: "file" }] : [];
  });

const openApi = (fields: Fields): readonly Reference[] => {
  const openapi = fields.get("openapi");
  const path = isJsonObject(openapi) ? openapi.path : undefined;
  return typeof path === "string" ? [{ field: "openapi.path", target: path, kind: "file" }] : [];
};

const generator = (fields: Fields, name: string): readonly Reference[] =>
  listOf(fields, name).flatMap((entry, at) => {
    if (!isJsonObject(entry)) return [];
    const own = lowerCased(entry);
    const env = own.get("env");
    return [
      ...texts(own, "files", "file", `${name}[${at}].files`).flatMap(sourceFile),
      ...texts(own, "envs", "file", `${name}[${at}].envs`),
      ...(typeof env === "string" && env !== "" ? [{ field: `${name}[${at}].env`, target: env, kind: "file" as const }] : []),
    ];
  });

/** `key=path` or `path`; what has more than one `=` kustomize refuses. */
const sourceFile = (reference: Reference): readonly Reference[] => {
  const parts = reference.target.split("=");
  const target = parts.length === 2 ? parts[1] : parts[0];
  return parts.length > 2 || target === undefined ? [] : [{ ...reference, target }];
};

/** Fields by which the built-in generators and transformers name files, in whichever of them they stand. */
const pluginFields = new Set(["path", "paths", "files", "env", "envs", "targetfilepath", "argsfromfile"]);

/** What the configuration of a generator or transformer may read: candidates, of which those that exist count. */
export const pluginFilesOf = (configuration: Json, under = ""): readonly string[] => {
  if (typeof configuration === "string") return pluginFields.has(under) ? [configuration.slice(configuration.indexOf("=") + 1)] : [];
  if (Array.isArray(configuration)) return configuration.flatMap((entry) => pluginFilesOf(entry, under));
  if (!isJsonObject(configuration)) return [];
  return Object.entries(configuration).flatMap(([name, value]) => (value === undefined ? [] : pluginFilesOf(value, name.toLowerCase())));
};

/** Written in place instead of in a file. */
export const isInline = (text: string): boolean => text.includes("\n") || (!isRemote(text) && /^\s*\{|:\s/.test(text));
