import {
  type ActionScripts,
  type Customizations,
  type HealthScript,
  type KindPattern,
  type KindRule,
  noCustomizations,
} from "../model/customizations.ts";
import type { Json } from "../model/json.ts";
import { isJsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import {
  filterKeys,
  impersonationKey,
  readImpersonation,
  readLabelKey,
  readMethod,
  readResourceRules,
  readRespectRbac,
  respectRbacKey,
  scopeKeys,
  trackingKeys,
} from "./settings-scope.ts";
import { readActions, readCompareOptions, readHealth, readIgnoreRule, readYaml, SettingProblem } from "./settings-sections.ts";

export interface SettingsParse {
  /** Made of every key that can be used. */
  readonly customizations: Customizations;
  /** Keys that cannot, one sentence each: ConfigMap, key, reason. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Where a setting stands, as people find it again. */
interface Place {
  readonly source: string;
  readonly warn: (message: string) => void;
}

/** Written later wins for the same group and kind: the split form over the combined one, as in Argo CD. */
interface Collected {
  readonly ignoreDifferences: Map<string, KindRule>;
  readonly health: Map<string, HealthScript>;
  readonly actions: Map<string, ActionScripts>;
}

const combined = "resource.customizations";
const compareOptions = "resource.compareoptions";

/**
 * Reads what argocd-cm says about kinds: `resource.customizations.<section>.<group>_<kind>`, the older `resource.customizations`, and
 * `resource.compareoptions`; how objects are tracked, and which kinds are left to others. A key that cannot be used is left out and harms no
 * other. Of those that there is but one of, what it said before still holds: a slip must not mark, or prune, a fleet anew.
 */
export const parseSettings = (manifest: Manifest, before: Customizations = noCustomizations): SettingsParse => {
  const problems: string[] = [];
  const warnings: string[] = [];
  const found: Collected = { ignoreDifferences: new Map(), health: new Map(), actions: new Map() };
  const subject = manifest.metadata.name;
  const attempt = <T>(key: string, take: (place: Place) => T): T | undefined => {
    try {
      return take({ source: `${subject} ${key}`, warn: (message) => void warnings.push(`${key}: ${message}`) });
    } catch (error) {
      if (!(error instanceof SettingProblem)) throw error;
      problems.push(`${subject} ${key} ${error.message}`);
      return undefined;
    }
  };
  const data = textsOf(manifest.data, attempt);
  const older = data.get(combined);
  if (older !== undefined) attempt(combined, (place) => void readCombined(older, found, place, attempt));
  for (const [key, value] of data) {
    if (key.startsWith(`${combined}.`)) attempt(key, (place) => readSplit(key, value, found, place));
  }
  const compare = attempt(compareOptions, ({ warn }) => readCompareOptions(data.get(compareOptions) ?? "", warn));
  /** What stands below a key: `unset` where nothing does, `kept` where it cannot be used. */
  const one = <T>(key: string, unset: T, kept: T, take: (written: string, place: Place) => T): T => {
    const written = data.get(key) ?? "";
    const isRefused = !data.has(key) && isJsonObject(manifest.data) && key in manifest.data;
    if (written === "") return isRefused ? kept : unset;
    return attempt(key, (place) => take(written, place)) ?? kept;
  };
  const rules = (which: keyof typeof filterKeys) =>
    one(filterKeys[which], [], before.filter[which], (written, { warn }) => readResourceRules(written, warn));
  const { tracking: usual } = noCustomizations;
  const isRead = (key: string) => key === combined || key === compareOptions || key.startsWith(`${combined}.`) || scopeKeys.has(key);
  const others = [...data.keys()].filter((key) => !isRead(key));
  if (others.length > 0) warnings.push(`${others.join(", ")}: not read yet and without effect`);
  const { ignoreDifferences, health, actions } = found;
  return {
    customizations: {
      ignoreDifferences: [...ignoreDifferences.values()],
      health: [...health.values()],
      actions: [...actions.values()],
      compare: compare ?? noCustomizations.compare,
      tracking: {
        method: one(trackingKeys.method, usual.method, before.tracking.method, readMethod),
        labelKey: one(trackingKeys.labelKey, usual.labelKey, before.tracking.labelKey, readLabelKey),
        installationId: one(trackingKeys.installationId, "", before.tracking.installationId, (written) => written),
      },
      filter: { exclusions: rules("exclusions"), inclusions: rules("inclusions") },
      respectRbac: one(respectRbacKey, "", before.respectRbac, readRespectRbac),
      impersonation: one(impersonationKey, false, before.impersonation, readImpersonation),
    },
    problems,
    warnings,
  };
};

type Attempt = <T>(key: string, take: (place: Place) => T) => T | undefined;

/** A ConfigMap holds nothing but strings; a bare number or `true` is refused by the API server, too. */
const textsOf = (data: Json | undefined, attempt: Attempt): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(isJsonObject(data) ? data : {})) {
    attempt(key, () => {
      if (typeof value !== "string") throw new SettingProblem("is no string; write its value in quotes, or below a |");
      texts.set(key, value);
    });
  }
  return texts;
};

/** `resource.customizations.<section>.<group>_<kind>`; the kind may have dots in its group, so only the first three count. */
const readSplit = (key: string, value: string, found: Collected, place: Place): void => {
  const [, , section = "", ...rest] = key.split(".");
  const written = rest.join(".");
  if (written === "") throw new SettingProblem("names no kind; write resource.customizations.<section>.<group>_<kind>");
  const parts = written.split("_");
  const [first = "", second] = parts;
  if (parts.length > 2 || first === "" || second === "")
    throw new SettingProblem(`names ${JSON.stringify(written)}, which is no <group>_<kind>; write a core kind as <kind>`);
  const pattern =
    written === "all" ? { group: "*", kind: "*" } : second === undefined ? { group: "", kind: first } : { group: first, kind: second };
  readSection(section, value, pattern, found, place);
};

/** The older form: a map from `<group>/<kind>`, which may hold wildcards, to the sections. */
const readCombined = (value: string, found: Collected, place: Place, attempt: Attempt): void => {
  const kinds = readYaml(value) ?? {};
  if (typeof kinds !== "object" || Array.isArray(kinds)) throw new SettingProblem("is no map from <group>/<kind> to settings");
  for (const [name, sections] of Object.entries(kinds)) {
    if (typeof sections !== "object" || sections === null) {
      place.warn(`${name} is no map of settings and without effect`);
      continue;
    }
    for (const [section, written] of Object.entries(sections))
      attempt(`${combined} (${name}, ${section})`, (at) =>
        readSection(combinedSections[section] ?? section, written, patternOf(name), found, at),
      );
  }
};

const combinedSections: Readonly<Record<string, string>> = { "health.lua": "health", "health.lua.useOpenLibs": "useOpenLibs" };

const patternOf = (name: string): KindPattern => {
  const parts = name.split("/");
  const [first = "", second] = parts;
  if (parts.length > 2 || first === "" || second === "" || /[[\]{}]/.test(name))
    throw new SettingProblem("names no <group>/<kind>; both may hold * and ?, nothing else stands for more than one kind");
  return second === undefined ? { group: "", kind: first } : { group: first, kind: second };
};

const readSection = (section: string, written: unknown, pattern: KindPattern, found: Collected, place: Place): void => {
  const name = `${pattern.group}/${pattern.kind}`;
  switch (section) {
    case "ignoreDifferences":
      return void found.ignoreDifferences.set(name, readIgnoreRule(written, pattern, place.warn));
    case "health":
      return void found.health.set(name, readHealth(written, pattern, place.source));
    case "actions":
      return void found.actions.set(name, readActions(written, pattern, place.source, place.warn));
    // Scripts always have the safe libraries; we are woken by no watch of that kind; the API server's own prediction knows every type.
    case "useOpenLibs":
    case "ignoreResourceUpdates":
    case "knownTypeFields":
      return;
    default:
      place.warn(`there is no section ${section}; it is without effect`);
  }
};
