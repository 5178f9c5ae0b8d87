import { load, YAMLException } from "js-yaml";
import * as z from "zod/mini";
import type { ActionScripts, CompareOptions, HealthScript, KindPattern, KindRule } from "../model/customizations.ts";
import { formatProblem } from "../model/field-problem.ts";
import { problemsOf } from "../model/schema-problem.ts";

/** Something in one key of argocd-cm that cannot be used; `message` goes on after the key's name. */
export class SettingProblem extends Error {}

/** Values as YAML 1.1 has them, which Argo CD reads: `yes` and `on` are words to `load`. */
const flag = z.pipe(
  z.union([z.boolean(), z.enum(["true", "yes", "on", "false", "no", "off"])], { error: "is neither true nor false" }),
  z.transform((value) => value === true || value === "true" || value === "yes" || value === "on"),
);
const texts = z._default(z.nullable(z.array(z.string())), []);
const script = z.string().check(z.minLength(1, "is empty; write a script"));

const IgnoreRule = z.object({ jsonPointers: texts, jqPathExpressions: texts, managedFieldsManagers: texts });
const Actions = z.object({
  "discovery.lua": z._default(z.string(), ""),
  mergeBuiltinActions: z.optional(flag),
  definitions: z._default(
    z.nullable(
      z.array(z.object({ name: z.string(), "action.lua": script, iconClass: z.optional(z.string()), displayName: z.optional(z.string()) })),
    ),
    [],
  ),
});
const Compare = z.object({
  ignoreAggregatedRoles: z.optional(flag),
  ignoreResourceStatusField: z.optional(z.union([z.boolean(), z.string()])),
  /** About what a watch of Argo CD's wakes up for; we do not watch that way. */
  ignoreDifferencesOnResourceUpdates: z.optional(flag),
});

/** A value of the ConfigMap, or of the combined form, where people also write the YAML itself instead of a text of it. */
type Written = unknown;
/** Told of what stands there and means nothing. */
type Warn = (message: string) => void;

export const readIgnoreRule = (written: Written, pattern: KindPattern, warn: Warn): KindRule => {
  const { jsonPointers, jqPathExpressions, managedFieldsManagers } = read(IgnoreRule, written, warn);
  const wrong = (jsonPointers ?? []).find((pointer) => !pointer.startsWith("/"));
  if (wrong !== undefined)
    throw new SettingProblem(`jsonPointers has ${JSON.stringify(wrong)}; a pointer begins with /, such as /spec/replicas`);
  return {
    ...pattern,
    jsonPointers: jsonPointers ?? [],
    jqPathExpressions: jqPathExpressions ?? [],
    managedFieldsManagers: managedFieldsManagers ?? [],
  };
};

export const readHealth = (written: Written, pattern: KindPattern, source: string): HealthScript => {
  if (typeof written !== "string" || written.trim() === "") throw new SettingProblem("holds no script; write Lua that returns a table");
  return { ...pattern, source, lua: written };
};

export const readActions = (written: Written, pattern: KindPattern, source: string, warn: Warn): ActionScripts => {
  const { "discovery.lua": discovery, mergeBuiltinActions = false, definitions } = read(Actions, written, warn);
  const list = (definitions ?? []).map(({ name, "action.lua": lua }) => ({ name, lua }));
  const twice = list.find(({ name }, index) => list.findIndex((other) => other.name === name) !== index);
  if (twice) throw new SettingProblem(`defines the action ${twice.name} twice; keep one of the two`);
  return { ...pattern, source, discovery, definitions: list, mergeBuiltin: mergeBuiltinActions };
};

export const readCompareOptions = (written: Written, warn: Warn): CompareOptions => {
  const { ignoreAggregatedRoles = false, ignoreResourceStatusField: status = "all" } = read(Compare, written, warn);
  return { ignoreAggregatedRoles, ignoreResourceStatusField: statusField(status) };
};

/** `off` and `false` are what older versions of Argo CD called `none`. */
const statusField = (written: boolean | string): CompareOptions["ignoreResourceStatusField"] => {
  if (written === "all" || written === "crd" || written === "none") return written;
  if (written === false || written === "off" || written === "false") return "none";
  if (written === "") return "all";
  throw new SettingProblem(`has ignoreResourceStatusField ${JSON.stringify(written)}; write "all", "crd" or "none"`);
};

/** YAML as it stands inside a value; its line is named where it is wrong. */
export const readYaml = (text: string): unknown => {
  // An empty document is nothing for `load`.
  if (/^(\s*(#.*)?\n?)*$/.test(text)) return undefined;
  try {
    return load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new SettingProblem(`is no YAML: line ${(error.mark?.line ?? 0) + 1}: ${error.reason}`);
  }
};

/** A list of equal entries; an empty text is an empty list. */
export const readList = <S extends z.ZodMiniObject>(entry: S, text: string, warn: Warn): readonly z.infer<S>[] => {
  const list = readYaml(text) ?? [];
  if (!Array.isArray(list)) throw new SettingProblem("is no list; begin each entry with -");
  return list.map((written: unknown) => read(entry, written, warn));
};

const read = <S extends z.ZodMiniObject>(schema: S, written: Written, warn: Warn): z.infer<S> => {
  const value = (typeof written === "string" ? readYaml(written) : written) ?? {};
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SettingProblem(problemsOf(parsed.error.issues, value).map(formatProblem).join("; "));
  const known = Object.keys(schema.shape);
  const unknown = typeof value === "object" ? Object.keys(value).filter((field) => !known.includes(field)) : [];
  if (unknown.length > 0) warn(`${unknown.join(", ")}: not known, without effect`);
  return parsed.data;
};
