import type { JsonObject } from "./json.ts";

/** An AppProject as declared. `spec` is kept as written; what is acted on is read from it by argocd/project-rules.ts. */
export interface Project {
  readonly name: string;
  readonly description: string;
  readonly spec: JsonObject;
}

/** Objects in an Application's namespace that no Application owns are looked for; `ignore` holds globs, where empty means any (but for group). */
export interface OrphanedResources {
  /** People are told about them. */
  readonly warn: boolean;
  readonly ignore: readonly { readonly group: string; readonly kind: string; readonly name: string }[];
}

/** Syncs to destinations that match are made as this account. Globs; `account` is `name` in the destination's namespace, or `namespace:name`. */
export interface DestinationServiceAccount {
  readonly server: string;
  readonly namespace: string;
  readonly account: string;
}

/** Exists without being declared, as in Argo CD, and may be declared to give it rules. */
export const defaultProject = "default";
