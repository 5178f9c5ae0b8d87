import * as z from "zod/mini";
import { Failure } from "../model/failure.ts";
import { formatProblem } from "../model/field-problem.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { problemsOf } from "../model/schema-problem.ts";

const ProjectManifest = z.object({
  metadata: z.object({ name: z.string().check(z.regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "is not a name Kubernetes takes")) }),
  spec: z.optional(z.nullable(z.object({ description: z.optional(z.nullable(z.string())) }))),
});

export type ProjectParse =
  | { readonly state: "parsed"; readonly project: Project; readonly warnings: readonly string[] }
  | { readonly state: "refused"; readonly failure: Failure };

/** Reads an AppProject: its name, and everything else as written. */
export const parseProject = (manifest: Manifest): ProjectParse => {
  const spec = manifest.spec;
  const checked = ProjectManifest.safeParse({ metadata: { name: manifest.metadata.name }, spec });
  if (!checked.success) {
    const subject = `AppProject ${manifest.metadata.name}`;
    const problems = problemsOf(checked.error.issues, { metadata: manifest.metadata, spec }).map(formatProblem);
    return { state: "refused", failure: new Failure("ManifestInvalid", subject, `${subject} cannot be used: ${problems.join("; ")}`) };
  }
  const written: JsonObject = isJsonObject(spec) ? spec : {};
  const { description } = checked.data.spec ?? {};
  const rules = Object.keys(written).filter((field) => field !== "description");
  return {
    state: "parsed",
    project: { name: manifest.metadata.name, description: description ?? "", spec: written },
    warnings: rules.length === 0 ? [] : [`${rules.map((field) => `spec.${field}`).join(", ")}: kept, and not enforced yet`],
  };
};
