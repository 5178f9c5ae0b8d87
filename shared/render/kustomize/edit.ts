import type { KustomizeOptions } from "../../model/application.ts";
import { expandVariables } from "../../model/build-environment.ts";
import { Failure } from "../../model/failure.ts";
import { isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { BuildEnvironment } from "../../model/render-input.ts";
import { type Image, mergeImages, parseImage } from "./images.ts";

/**
 * `source.kustomize` as Argo CD applies it: not by an overlay on top, but by changing the kustomization itself the way `kustomize edit` would. So a
 * namePrefix replaces the one that is there, images and replicas replace entries of the same name, labels and annotations collide unless forced.
 */
export interface EditRequest {
  readonly options: KustomizeOptions;
  readonly env: BuildEnvironment;
  /** Path of the kustomization, for messages. */
  readonly file: string;
  /** Whether a component's folder is there. */
  readonly hasComponent: (relative: string) => boolean;
}

/** @throws Failure SourceInvalid naming the field of `source.kustomize`. */
export const editKustomization = (kustomization: JsonObject, request: EditRequest): JsonObject => {
  const { options } = request;
  return {
    ...kustomization,
    ...given("namePrefix", options.namePrefix),
    ...given("nameSuffix", options.nameSuffix),
    ...given("namespace", options.namespace),
    ...images(kustomization, request),
    ...replicas(kustomization, request),
    ...labels(kustomization, request),
    ...annotations(kustomization, request),
    ...(options.patches?.length ? { patches: [...listOf(kustomization.patches), ...options.patches] } : {}),
    ...components(kustomization, request),
  };
};

/** Whether there is anything to edit. */
export const asksForEdits = ({ version: _v, kubeVersion: _k, apiVersions: _a, ...options }: KustomizeOptions): boolean =>
  Object.values(options).some((value) => (typeof value === "object" ? Object.keys(value).length > 0 : Boolean(value)));

const given = (field: string, value: string | undefined): JsonObject => (value ? { [field]: value } : {});

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const refuse = (field: string, problem: string): Failure => new Failure("SourceInvalid", field, `source.kustomize.${field} ${problem}`);

const images = (kustomization: JsonObject, { options, env }: EditRequest): JsonObject => {
  if (!options.images?.length) return {};
  const changes = options.images.map((text) => {
    const image = parseImage(expandVariables(text, env));
    if (image === undefined)
      throw refuse("images", `has ${JSON.stringify(text)}, which changes nothing; write it as name:tag, name@digest or name=other:tag`);
    return image;
  });
  return { images: mergeImages(listOf(kustomization.images).flatMap(toImage), changes).map((image) => ({ ...image })) };
};

const toImage = (value: Json): readonly Image[] => {
  if (!isJsonObject(value) || typeof value.name !== "string") return [];
  const fields = (["newName", "newTag", "digest"] as const).flatMap((field) => (value[field] ? [[field, String(value[field])]] : []));
  return [{ name: value.name, ...Object.fromEntries(fields) }];
};

const replicas = (kustomization: JsonObject, { options }: EditRequest): JsonObject => {
  if (!options.replicas?.length) return {};
  const counts = new Map<string, Json>();
  for (const entry of listOf(kustomization.replicas))
    if (isJsonObject(entry) && typeof entry.name === "string") counts.set(entry.name, entry.count ?? 0);
  for (const { name, count } of options.replicas) {
    if (!/^\d+$/.test(String(count))) throw refuse("replicas", `asks for ${JSON.stringify(count)} of ${name}; write a whole number`);
    counts.set(name, Number(count));
  }
  return { replicas: [...counts].map(([name, count]) => ({ name, count })) };
};

const expandAll = (pairs: Readonly<Record<string, string>>, env: BuildEnvironment): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(pairs).map(([key, value]) => [key, expandVariables(value, env)]));

const labels = (kustomization: JsonObject, { options, env, file }: EditRequest): JsonObject => {
  if (!options.commonLabels || Object.keys(options.commonLabels).length === 0) return {};
  const pairs = expandAll(options.commonLabels, env);
  const force = options.forceCommonLabels ?? false;
  if (!options.labelWithoutSelector) {
    if (options.labelIncludeTemplates)
      throw refuse("labelIncludeTemplates", "works only together with labelWithoutSelector: true; set both");
    return { commonLabels: merged(kustomization.commonLabels, pairs, { force, field: "commonLabels", file }) };
  }
  const templates = options.labelIncludeTemplates ?? false;
  const present = listOf(kustomization.labels);
  const at = present.findIndex(
    (entry) => isJsonObject(entry) && !entry.includeSelectors && (entry.includeTemplates ?? false) === templates,
  );
  const before = present[at];
  const entry = {
    ...(isJsonObject(before) ? before : {}),
    pairs: merged(isJsonObject(before) ? before.pairs : undefined, pairs, { force, field: "commonLabels", file }),
    ...(templates ? { includeTemplates: true } : {}),
  };
  return { labels: at === -1 ? [...present, entry] : present.with(at, entry) };
};

const annotations = (kustomization: JsonObject, { options, env, file }: EditRequest): JsonObject => {
  if (!options.commonAnnotations || Object.keys(options.commonAnnotations).length === 0) return {};
  const pairs = options.commonAnnotationsEnvsubst ? expandAll(options.commonAnnotations, env) : options.commonAnnotations;
  const rules = { force: options.forceCommonAnnotations ?? false, field: "commonAnnotations", file };
  return { commonAnnotations: merged(kustomization.commonAnnotations, pairs, rules) };
};

const merged = (
  present: Json | undefined,
  pairs: Readonly<Record<string, string>>,
  { force, field, file }: { readonly force: boolean; readonly field: string; readonly file: string },
): JsonObject => {
  const before = isJsonObject(present) ? present : {};
  const taken = Object.keys(pairs).find((key) => before[key] !== undefined);
  if (taken !== undefined && !force) {
    const option = field === "commonLabels" ? "forceCommonLabels" : "forceCommonAnnotations";
    throw refuse(field, `sets ${taken}, which ${file} sets too; remove one of them or set ${option}: true`);
  }
  return { ...before, ...pairs };
};

const components = (kustomization: JsonObject, { options, hasComponent }: EditRequest): JsonObject => {
  const wanted = (options.components ?? []).filter((path) => !options.ignoreMissingComponents || hasComponent(path));
  const missing = wanted.find((path) => !hasComponent(path));
  if (missing !== undefined)
    throw refuse("components", `names ${missing}, which does not exist; add it or set ignoreMissingComponents: true`);
  const present = listOf(kustomization.components);
  return wanted.length === 0 ? {} : { components: [...present, ...wanted.filter((path) => !present.includes(path))] };
};
