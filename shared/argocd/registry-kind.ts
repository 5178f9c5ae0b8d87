import type { Manifest } from "../model/manifest.ts";
import { groupOf } from "../model/resource-key.ts";

/** Which object of the registry a manifest is. `other` goes to a cluster like any manifest. */
export type RegistryKind =
  | "Application"
  | "AppProject"
  | "ApplicationSet"
  | "ClusterSecret"
  | "RepositorySecret"
  | "RepositoryCredentialsSecret"
  | "SettingsConfigMap"
  | "FluxObject"
  | "other";

const settings = new Set(["argocd-cm", "argocd-rbac-cm", "argocd-notifications-cm"]);

/** Argo CD's label; values as its documentation on declarative set-up lists them. */
const secretType = "argocd.argoproj.io/secret-type";

const secretKinds: Readonly<Record<string, RegistryKind>> = {
  cluster: "ClusterSecret",
  repository: "RepositorySecret",
  "repo-creds": "RepositoryCredentialsSecret",
  "repository-write": "RepositorySecret",
  "repo-write-creds": "RepositoryCredentialsSecret",
};

const argoKinds: Readonly<Record<string, RegistryKind>> = {
  Application: "Application",
  AppProject: "AppProject",
  ApplicationSet: "ApplicationSet",
};

/** Only says what an object is; whether it stands in the control namespace is the caller's question. */
export const registryKindOf = (manifest: Manifest): RegistryKind => {
  const group = groupOf(manifest.apiVersion);
  if (group === "argoproj.io") return argoKinds[manifest.kind] ?? "other";
  if (group === "fluxcd.io" || group.endsWith(".toolkit.fluxcd.io")) return "FluxObject";
  if (manifest.apiVersion !== "v1") return "other";
  if (manifest.kind === "ConfigMap" && settings.has(manifest.metadata.name)) return "SettingsConfigMap";
  if (manifest.kind === "Secret") return secretKinds[manifest.metadata.labels?.[secretType] ?? ""] ?? "other";
  return "other";
};
