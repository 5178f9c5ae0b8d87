import { parseApplication } from "../../argocd/parse-application.ts";
import type { Source } from "../../model/application.ts";
import { Failure } from "../../model/failure.ts";
import { formatProblem } from "../../model/field-problem.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { joinPath } from "../closure/paths.ts";
import type { Reading } from "../closure/reading.ts";

/**
 * A source as its repository overrides it: `.argocd-source.yaml`, then `.argocd-source-<application>.yaml` of its path, each a merge patch
 * (RFC 7386). Where the source comes from cannot be overridden: those fields are put back.
 * @throws Failure SourceInvalid naming the file, and the field where it is one
 */
export const effectiveSource = (reading: Reading, path: string, source: Source, application: string): Source => {
  let effective = source;
  for (const name of [".argocd-source.yaml", `.argocd-source-${application}.yaml`]) {
    const at = joinPath(path, name);
    const file = at === undefined || name.includes("/") ? undefined : reading.file(at);
    if (file) effective = overridden(effective, reading.yaml(file)[0] ?? {}, file.path);
  }
  return effective;
};

/** Is there an override for one Application, so that those of one path may render differently? */
export const hasOwnOverrides = (reading: Reading, path: string): boolean =>
  reading.snapshot.list(path).some((entry) => /\/?\.argocd-source-[^/]*\.yaml$/.test(entry.path));

const overridden = (source: Source, patch: Json, file: string): Source => {
  if (!isJsonObject(patch))
    throw new Failure("SourceInvalid", file, `${file} is not a map of fields; write the fields of a source to override`);
  const merged = mergePatch(JSON.parse(JSON.stringify(source)), patch);
  if (!isJsonObject(merged)) return source;
  const { ref: _ref, chart: _chart, ...rest } = merged;
  const { repoURL, path, targetRevision, chart, ref } = source;
  const whole = {
    ...rest,
    repoURL,
    path,
    targetRevision,
    ...(chart === undefined ? {} : { chart }),
    ...(ref === undefined ? {} : { ref }),
  };
  return checked(whole, file);
};

/** The override goes through the same checks as the Application did: as its only source. */
const checked = (source: JsonObject, file: string): Source => {
  const parse = parseApplication({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "override" },
    spec: { project: "default", source, destination: { name: "in-cluster", namespace: "default" } },
  });
  if (parse.state === "refused") {
    const problems = parse.problems.map(({ path, message }) => formatProblem({ path: path.slice(2), message }));
    throw new Failure("SourceInvalid", file, `${file} cannot be used: ${problems.join("; ")}`);
  }
  const [only] = parse.application.sources;
  if (!only) throw new Failure("SourceInvalid", file, `${file} leaves no source; override its fields instead`);
  return only;
};

/** RFC 7386: maps are merged, null removes, everything else replaces. */
export const mergePatch = (target: Json | undefined, patch: Json): Json => {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
};
