/** What `argocd-cm` says about kinds, for all Applications. */
export interface Customizations {
  /** In the order written; group and kind may hold `*`, and `.all` becomes `*` for both. */
  readonly ignoreDifferences: readonly KindRule[];
  readonly health: readonly HealthScript[];
  readonly actions: readonly ActionScripts[];
  readonly compare: CompareOptions;
}

export interface KindRule {
  readonly group: string;
  readonly kind: string;
  readonly jsonPointers: readonly string[];
  readonly jqPathExpressions: readonly string[];
  readonly managedFieldsManagers: readonly string[];
}

/** Lua that judges `obj`; see Argo CD's `resource.customizations.health.<group>_<kind>`. */
export interface HealthScript {
  readonly group: string;
  readonly kind: string;
  readonly lua: string;
}

export interface ActionScripts {
  readonly group: string;
  readonly kind: string;
  /** Lua that answers which actions there are for `obj`. */
  readonly discovery: string;
  readonly definitions: readonly { readonly name: string; readonly lua: string }[];
}

/** `resource.compareoptions`. */
export interface CompareOptions {
  readonly ignoreAggregatedRoles: boolean;
  /** Whose `status` is no difference: every kind's, only CRDs' own objects', or none. */
  readonly ignoreResourceStatusField: "all" | "crd" | "none";
}

export const noCustomizations: Customizations = {
  ignoreDifferences: [],
  health: [],
  actions: [],
  compare: { ignoreAggregatedRoles: false, ignoreResourceStatusField: "all" },
};
