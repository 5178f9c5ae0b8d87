import { desiredForm } from "../diff/desired-form.ts";
import { tracked } from "../diff/tracking.ts";
import type { Application } from "../model/application.ts";
import { digestOfJson } from "../model/digest.ts";
import { Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import { type Excluded, nothingExcluded } from "../model/resource-filter.ts";
import { describeKey, formatKey, groupOf, keyOf, type ResourceKey } from "../model/resource-key.ts";
import { defaultTracking, type Tracking } from "../model/tracking.ts";
import type { ClusterApis, ServedKind } from "../ports/cluster.ts";
import { isHook } from "./operation/hooks.ts";
import { waveOf } from "./order.ts";

/** One object as this Application wants it: namespace filled in, marked as its own. */
export interface DesiredObject {
  readonly key: ResourceKey;
  readonly manifest: Manifest;
  /** The same without the marks that track it. */
  readonly bare: Manifest;
  readonly wave: number;
  /** Digest of the manifest as it will be applied. */
  readonly digest: string;
}

export interface DesiredState {
  readonly objects: readonly DesiredObject[];
  /** Objects that run in a phase instead of being synced; see operation/hooks.ts. */
  readonly hooks: readonly Manifest[];
  readonly warnings: readonly string[];
}

/** What argocd-cm says about it. */
export interface DesiredRules {
  readonly tracking: Tracking;
  readonly excluded: Excluded;
}

const usualRules: DesiredRules = { tracking: defaultTracking, excluded: nothingExcluded };

/**
 * Rendered manifests → what this Application wants of its cluster. The last of two sources that give the same object wins, and kinds that argocd-cm
 * excludes are left out with a warning, hooks among them, as in Argo CD.
 */
export const desiredState = (
  manifests: readonly Manifest[],
  application: Application,
  apis: ClusterApis,
  { tracking, excluded }: DesiredRules = usualRules,
): DesiredState => {
  const scopes = scopesOf(manifests, apis);
  const objects = new Map<string, DesiredObject>();
  const hooks: Manifest[] = [];
  const warnings: string[] = [];
  for (const manifest of manifests) {
    if (excluded({ group: groupOf(manifest.apiVersion), kind: manifest.kind })) {
      warnings.push(
        `${manifest.kind} ${manifest.metadata.name}: argocd-cm excludes its kind (resource.exclusions, resource.inclusions); it is left out`,
      );
      continue;
    }
    const placed = inNamespace(manifest, application, scopes);
    if (isHook(placed)) {
      hooks.push(placed);
      continue;
    }
    if (placed.metadata.name === "") throw nameless(placed);
    const key = keyOf(placed);
    if (objects.has(formatKey(key))) warnings.push(`${describeKey(key)} is rendered more than once; the last one is used`);
    const bare = desiredForm(placed);
    const wanted = tracked(bare, application.name, tracking);
    objects.set(formatKey(key), { key, manifest: wanted, bare, wave: waveOf(wanted), digest: digestOfJson(wanted) });
  }
  return { objects: [...objects.values()], hooks, warnings };
};

const nameless = (manifest: Manifest) =>
  new Failure(
    "ManifestInvalid",
    manifest.kind,
    `${manifest.kind} with generateName "${manifest.metadata.generateName}": only hooks may have generateName; give it metadata.name`,
  );

type Scopes = ReadonlyMap<string, boolean>;

/** Kind → namespaced. A kind that a CRD in the same render will serve takes its scope from there. */
const scopesOf = (manifests: readonly Manifest[], apis: ClusterApis): Scopes => {
  const served = apis.kinds.map((kind: ServedKind) => [`${groupOf(kind.apiVersion)}/${kind.kind}`, kind.namespaced] as const);
  const coming = manifests.filter(({ kind }) => kind === "CustomResourceDefinition").flatMap(scopeOfCrd);
  return new Map([...coming, ...served]);
};

const scopeOfCrd = (crd: Manifest): readonly (readonly [string, boolean])[] => {
  const spec = crd.spec;
  if (typeof spec !== "object" || spec === null || !("group" in spec) || !("names" in spec)) return [];
  const { group, names, scope } = spec;
  if (typeof names !== "object" || names === null || !("kind" in names)) return [];
  return [[`${group}/${names.kind}`, scope === "Namespaced"]];
};

/** Unknown kinds count as namespaced, as kubectl would find out only from the server. */
const inNamespace = (manifest: Manifest, application: Application, scopes: Scopes): Manifest => {
  const namespaced = scopes.get(`${groupOf(manifest.apiVersion)}/${manifest.kind}`) ?? true;
  const { namespace: given, ...metadata } = manifest.metadata;
  if (!namespaced) return given === undefined ? manifest : { ...manifest, metadata: { ...metadata, name: manifest.metadata.name } };
  if (given !== undefined && given !== "") return manifest;
  if (application.destination.namespace !== "") {
    return { ...manifest, metadata: { ...manifest.metadata, namespace: application.destination.namespace } };
  }
  const object = describeKey(keyOf(manifest));
  throw new Failure(
    "ManifestInvalid",
    object,
    `${object} has no namespace and Application ${application.name} no default: set metadata.namespace or spec.destination.namespace`,
  );
};
