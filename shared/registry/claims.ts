import { type RegistryKind, registryKindOf } from "../argocd/registry-kind.ts";
import type { Destination } from "../model/application.ts";
import type { Manifest } from "../model/manifest.ts";
import { describeKey, keyOf } from "../model/resource-key.ts";
import type { RegistryChange } from "./changes.ts";

/** Where an Application's objects would go, as far as the registry asks. */
export interface Claimant {
  readonly isControl: boolean;
  readonly controlNamespace: string;
  readonly destination: Destination;
  /** Whether its destination is the default cluster. */
  readonly onDefaultCluster: boolean;
}

/**
 * Whether an object goes to the table instead of a cluster: registry kinds in the control namespace of the default cluster. The control
 * Application's are claimed wherever they ask to be: they mean us, and a wrong namespace deserves a sentence.
 */
export const claims = (manifest: Manifest, { isControl, controlNamespace, destination, onDefaultCluster }: Claimant): boolean => {
  const kind = registryKindOf(manifest);
  if (kind === "other") return false;
  if (isControl) return true;
  const namespace = manifest.metadata.namespace ?? destination.namespace;
  return kind !== "FluxObject" && onDefaultCluster && namespace === controlNamespace;
};

/** Claimed manifests by what becomes of them; those that may not be here, or cannot be read yet, are refused by kind and name. */
export interface Sorted {
  readonly applications: readonly Manifest[];
  readonly projects: readonly Manifest[];
  readonly clusters: readonly Manifest[];
  /** argocd-cm; what else is called settings is not read. */
  readonly settings: readonly Manifest[];
  readonly others: readonly RegistryChange[];
}

export const sortManifests = (
  manifests: readonly Manifest[],
  parent: { readonly name: string; readonly isControl: boolean; readonly controlNamespace: string },
): Sorted => {
  const rows = manifests.map((manifest) => ({ manifest, kind: registryKindOf(manifest) }));
  const misplaced = (manifest: Manifest): boolean => (manifest.metadata.namespace ?? parent.controlNamespace) !== parent.controlNamespace;
  const usable = (kind: RegistryKind) =>
    rows.filter((row) => row.kind === kind && !misplaced(row.manifest)).map(({ manifest }) => manifest);
  const handled: readonly RegistryKind[] = parent.isControl ? ["Application", "AppProject", "ClusterSecret"] : ["Application"];
  return {
    applications: usable("Application"),
    projects: parent.isControl ? usable("AppProject") : [],
    clusters: parent.isControl ? usable("ClusterSecret") : [],
    settings: parent.isControl ? usable("SettingsConfigMap").filter(isReadSettings) : [],
    others: rows
      .filter(({ manifest, kind }) => misplaced(manifest) || !(handled.includes(kind) || (parent.isControl && isReadSettings(manifest))))
      .map(({ manifest, kind }) => otherChange(manifest, kind, parent, misplaced(manifest))),
  };
};

const isReadSettings = (manifest: Manifest): boolean =>
  registryKindOf(manifest) === "SettingsConfigMap" && manifest.metadata.name === "argocd-cm";

const otherChange = (
  manifest: Manifest,
  kind: RegistryKind,
  parent: { readonly name: string; readonly isControl: boolean; readonly controlNamespace: string },
  misplaced: boolean,
): RegistryChange => {
  const key = { ...keyOf(manifest), namespace: manifest.metadata.namespace ?? parent.controlNamespace };
  const what = describeKey(key);
  const refuse = (because: string): RegistryChange => ({ kind: "refuse", key, because: `${what} ${because}` });
  const unsupported = (because: string): RegistryChange => ({ kind: "unsupported", key, because: `${what} ${because}` });
  if (kind === "FluxObject") return unsupported(`(${manifest.apiVersion}) is Flux's; Flux objects are not read yet`);
  if (misplaced) return refuse(`is outside the control namespace ${parent.controlNamespace}; declare it there`);
  if (kind === "ApplicationSet")
    return unsupported("cannot be used: ApplicationSets are not generated yet; declare its Applications one by one");
  if (!parent.isControl) return refuse(`may be declared by the control repository only, and ${parent.name} is not`);
  if (kind === "SettingsConfigMap") return { kind: "unchanged", key, note: `${what} is not read yet and has no effect` };
  return unsupported("is not read yet; name the repository's credentials in the installation file's repositoryCredentials");
};
