import type { DeclaredOperation } from "../argocd/operation.ts";
import type { Application } from "../model/application.ts";
import type { ClusterRecord } from "../model/cluster.ts";
import type { Customizations } from "../model/customizations.ts";
import type { Project } from "../model/project.ts";
import type { ResourceKey } from "../model/resource-key.ts";

/** What the registry will do about one object. Made by `planRegistry` before anything is written; carried out in the order of the plan. */
export type RegistryChange =
  | { readonly kind: "declare"; readonly key: ResourceKey; readonly entry: RegistryEntry; readonly isNew: boolean; readonly note: string }
  | { readonly kind: "unchanged"; readonly key: ResourceKey; readonly note: string }
  | { readonly kind: "withdraw"; readonly key: ResourceKey; readonly what: Withdrawal }
  /** It stays although Git no longer has it; `because` is a sentence for people. */
  | { readonly kind: "keep"; readonly key: ResourceKey; readonly because: string }
  /** Someone has to put it right: the operation fails, and everything else of it is done. */
  | { readonly kind: "refuse"; readonly key: ResourceKey; readonly because: string }
  /** A kind that we do not read yet: named, and no failure. */
  | { readonly kind: "unsupported"; readonly key: ResourceKey; readonly because: string };

export type RegistryEntry =
  | { readonly kind: "Application"; readonly application: Application; readonly cluster: string; readonly operation?: DeclaredOperation }
  | { readonly kind: "AppProject"; readonly project: Project }
  | { readonly kind: "Cluster"; readonly cluster: ClusterRecord }
  | { readonly kind: "Customizations"; readonly customizations: Customizations };

export type Withdrawal =
  /** With Argo CD's finalizer its objects are deleted first; without, they stay and nobody owns them. */
  | { readonly kind: "Application"; readonly name: string; readonly project: string; readonly how: "cascade" | "forget" }
  | { readonly kind: "AppProject"; readonly name: string }
  | { readonly kind: "Cluster"; readonly name: string }
  | { readonly kind: "Customizations" };

export interface RegistryPlan {
  readonly changes: readonly RegistryChange[];
  /** What waits for a person's yes; nothing is withdrawn before it. */
  readonly awaiting?: string;
}

export const applicationKey = (namespace: string, name: string): ResourceKey => ({
  group: "argoproj.io",
  kind: "Application",
  namespace,
  name,
});
export const projectKey = (namespace: string, name: string): ResourceKey => ({ group: "argoproj.io", kind: "AppProject", namespace, name });
export const clusterKey = (namespace: string, name: string): ResourceKey => ({ group: "", kind: "Secret", namespace, name });
export const settingsKey = (namespace: string): ResourceKey => ({ group: "", kind: "ConfigMap", namespace, name: "argocd-cm" });
