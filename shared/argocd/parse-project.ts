import { Failure } from "../model/failure.ts";
import { formatProblem } from "../model/field-problem.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { parseRules } from "./project-rules.ts";
import { followedRules } from "./project-schema.ts";

export type ProjectParse =
  | { readonly state: "parsed"; readonly project: Project; readonly warnings: readonly string[] }
  | { readonly state: "refused"; readonly failure: Failure };

/** Reads an AppProject: what is acted on is checked, everything is kept as written. */
export const parseProject = ({ metadata: { name }, spec }: Manifest): ProjectParse => {
  const written: JsonObject = isJsonObject(spec) ? spec : {};
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) return refused(name, ["metadata.name is not a name Kubernetes takes"]);
  if (spec !== undefined && spec !== null && !isJsonObject(spec)) return refused(name, ["spec is no map of fields; write one"]);
  const parsed = parseRules(name, written);
  if (parsed.state === "refused") return refused(name, parsed.problems.map(formatProblem));
  const rules = Object.keys(written).filter((field) => !followedRules.includes(field));
  const kept = rules.length === 0 ? [] : [`${rules.map((field) => `spec.${field}`).join(", ")}: kept, and not enforced yet`];
  return {
    state: "parsed",
    project: { name, description: parsed.rules.description, spec: written },
    warnings: [...kept, ...parsed.warnings],
  };
};

const refused = (name: string, problems: readonly string[]): ProjectParse => {
  const subject = `AppProject ${name}`;
  return { state: "refused", failure: new Failure("ManifestInvalid", subject, `${subject} cannot be used: ${problems.join("; ")}`) };
};
