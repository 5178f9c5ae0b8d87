/** A sync option of Argo CD's, or our own, as `Name=value` entries of an Application's `spec.syncPolicy.syncOptions` or an object's annotation have it. */
interface OptionRule {
  readonly values: readonly string[];
  /** Where it means something; both where nothing is said. */
  readonly only?: "application" | "object";
  /** Said to people who write another value than `usual`, which is what we do anyway. */
  readonly unfollowed?: { readonly usual: string; readonly why: string };
}

const flag = ["true", "false"];
const survival = [...flag, "confirm"];

/** One row per option. */
const rules = {
  Prune: { values: survival },
  Delete: { values: survival },
  PruneLast: { values: flag },
  PrunePropagationPolicy: { values: ["foreground", "background", "orphan"] },
  CreateNamespace: { values: flag, only: "application" },
  PreflightDryRun: { values: flag },
  ServerSideApply: { values: flag, unfollowed: { usual: "true", why: "objects are always applied server-side" } },
  Validate: { values: flag },
  ApplyOutOfSyncOnly: { values: flag, unfollowed: { usual: "true", why: "unchanged objects are never written" } },
  FailOnSharedResource: { values: flag, only: "application" },
  ClientSideApplyMigration: { values: flag },
  Force: { values: flag, only: "object" },
  Replace: { values: flag },
  RespectIgnoreDifferences: { values: flag, only: "application" },
  SkipDryRunOnMissingResource: { values: flag },
} as const satisfies Readonly<Record<string, OptionRule>>;

export type SyncOptionName = keyof typeof rules;

/** Valid options by name; of an option that is given twice the first one counts, as in Argo CD. */
export type WrittenOptions = Readonly<Partial<Record<SyncOptionName, string>>>;

export interface OptionsParse {
  readonly options: WrittenOptions;
  /** Sentences about entries that change nothing. */
  readonly warnings: readonly string[];
}

/** `place(0)`: what the first entry is called in a warning, such as `spec.syncPolicy.syncOptions[0]`. */
export const parseSyncOptions = (
  entries: readonly string[],
  where: "application" | "object",
  place: (index: number) => string,
): OptionsParse => {
  const options: Partial<Record<SyncOptionName, string>> = {};
  const warnings: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const { valid, warning } = readEntry(entry, where);
    if (warning !== undefined) warnings.push(`${place(index)} ${warning}`);
    if (valid !== undefined) options[valid.name] ??= valid.value;
  }
  return { options, warnings };
};

/** What an Application's parse says about its entries. */
export const syncOptionWarnings = (entries: readonly string[]): readonly string[] =>
  parseSyncOptions(entries, "application", (index) => `spec.syncPolicy.syncOptions[${index}]`).warnings;

interface Entry {
  readonly valid?: { readonly name: SyncOptionName; readonly value: string };
  readonly warning?: string;
}

const readEntry = (entry: string, where: "application" | "object"): Entry => {
  const [name = "", value] = entry.split("=").map((part) => part.trim());
  if (value === undefined)
    return { warning: `${JSON.stringify(entry)} has no effect; write it as Name=value, such as CreateNamespace=true` };
  if (!isOption(name)) return { warning: `${JSON.stringify(name)} is not known and has no effect` };
  const rule: OptionRule = rules[name];
  if (!rule.values.includes(value))
    return { warning: `${name} is ${JSON.stringify(value)} and has no effect; write one of ${rule.values.join(", ")}` };
  if (rule.only !== undefined && rule.only !== where) return { warning: `${name} has no effect here: ${elsewhere[rule.only]}` };
  const unfollowed = rule.unfollowed && rule.unfollowed.usual !== value ? rule.unfollowed.why : undefined;
  return { valid: { name, value }, ...(unfollowed && { warning: `${name}=${value} has no effect: ${unfollowed}` }) };
};

/** As in Argo CD: an Application cannot have all its objects deleted and created again; a person's sync can. */
const elsewhere = {
  application: "it is an option of the Application, in spec.syncPolicy.syncOptions",
  object: "it is an option of a single object, in its annotation argocd.argoproj.io/sync-options",
};

const isOption = (name: string): name is SyncOptionName => Object.hasOwn(rules, name);
