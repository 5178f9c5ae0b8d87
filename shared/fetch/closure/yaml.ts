import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from "js-yaml";
import { Failure } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";

/** Only names of files are read from these documents, so that scalars which YAML 1.1 reads otherwise do not matter here; render has its own reader. */
const schema = CORE_SCHEMA.withTags([mergeTag]);

/** Aliases of aliases make gigabytes of a few lines. */
const mostNodes = 1_000_000;

/**
 * Documents of a kustomization, a Chart.yaml, an override. Of duplicate keys the last one counts, as in kustomize (tried with 5.8).
 * @throws Failure SourceInvalid naming file and line.
 */
export const parseYaml = (bytes: Uint8Array, file: string): readonly Json[] => {
  try {
    const budget = { nodes: mostNodes };
    return loadAll(Buffer.from(bytes).toString("utf8"), { schema, json: true }).map((document) => asJson(document, budget));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? `:${error.mark.line + 1}` : "";
    throw new Failure("SourceInvalid", file, `${file}${line} is not YAML: ${error.reason}`, { cause: error });
  }
};

/** With the core schema a document holds nothing but these; anything else reads as null. */
const asJson = (value: unknown, budget: { nodes: number }): Json => {
  if (--budget.nodes < 0) throw new YAMLException(`it has more than ${mostNodes} values once its aliases are expanded`);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return value.map((entry) => asJson(entry, budget));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asJson(entry, budget)]));
};
