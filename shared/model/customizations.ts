import type { ResourceFilter } from "./resource-filter.ts";
import { defaultTracking, type Tracking } from "./tracking.ts";

/** What `argocd-cm` says about kinds, for all Applications. */
export interface Customizations {
  /** In the order written; `.all` is `*` for both group and kind. Where several match an object, all of them hold. */
  readonly ignoreDifferences: readonly KindRule[];
  /** Look one up with `customizationOf`: at most one holds for an object. */
  readonly health: readonly HealthScript[];
  readonly actions: readonly ActionScripts[];
  readonly compare: CompareOptions;
  readonly tracking: Tracking;
  /** `resource.exclusions` and `resource.inclusions`. */
  readonly filter: ResourceFilter;
  readonly respectRbac: RespectRbac;
  /** `application.sync.impersonation.enabled`: a sync writes as the service account that the AppProject names for its destination. */
  readonly impersonation: boolean;
}

/**
 * `resource.respectRBAC`: what we may not look at is left out instead of failing a sync. `strict` asks the server first whether it is our rights
 * that say so; "" does neither.
 */
export type RespectRbac = "" | "normal" | "strict";

/** Both may hold `*` (any letters) and `?` (one letter), as in `*.crossplane.io`. `group` is "" for core kinds. */
export interface KindPattern {
  readonly group: string;
  readonly kind: string;
}

export interface KindRule extends KindPattern {
  readonly jsonPointers: readonly string[];
  readonly jqPathExpressions: readonly string[];
  readonly managedFieldsManagers: readonly string[];
}

/** Lua that judges `obj`; see Argo CD's `resource.customizations.health.<group>_<kind>`. */
export interface HealthScript extends KindPattern {
  /** Where people find it: `argocd-cm resource.customizations.health.batch_CronJob`. */
  readonly source: string;
  readonly lua: string;
}

export interface ActionScripts extends KindPattern {
  readonly source: string;
  /** Lua that answers which actions there are for `obj`. */
  readonly discovery: string;
  readonly definitions: readonly { readonly name: string; readonly lua: string }[];
  /** Whether ours are there, too; those here win by name. */
  readonly mergeBuiltin: boolean;
}

/** `resource.compareoptions`. */
export interface CompareOptions {
  readonly ignoreAggregatedRoles: boolean;
  /** Whose `status` is no difference: every kind's, only CustomResourceDefinitions', or none. */
  readonly ignoreResourceStatusField: "all" | "crd" | "none";
}

export const noCustomizations: Customizations = {
  ignoreDifferences: [],
  health: [],
  actions: [],
  compare: { ignoreAggregatedRoles: false, ignoreResourceStatusField: "all" },
  tracking: defaultTracking,
  filter: { exclusions: [], inclusions: [] },
  respectRbac: "",
  impersonation: false,
};

export const matchesKind = (pattern: KindPattern, group: string, kind: string): boolean =>
  matchesPattern(pattern.group, group) && matchesPattern(pattern.kind, kind);

/** The one that holds for a kind: what names it exactly before any pattern, patterns in the order written. */
export const customizationOf = <T extends KindPattern>(rows: readonly T[], group: string, kind: string): T | undefined =>
  rows.find((row) => row.group === group && row.kind === kind) ?? rows.find((row) => matchesKind(row, group, kind));

/** Takes time in proportion to pattern and text, whatever people write. */
const matchesPattern = (pattern: string, text: string): boolean => {
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[next] === "*") {
      star = next++;
      resume = at;
    } else if (next < pattern.length && (pattern[next] === "?" || pattern[next] === text[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[next] === "*") next++;
  return next === pattern.length;
};
