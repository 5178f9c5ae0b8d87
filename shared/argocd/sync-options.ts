/** An option of Argo CD's that we do not follow, the value that says what we do anyway, and what that is. */
interface Unfollowed {
  readonly usual: string;
  readonly why: string;
}

/** One row per option. */
const options: Readonly<Record<string, "followed" | Unfollowed>> = {
  CreateNamespace: "followed",
  Prune: "followed",
  Delete: "followed",
  ServerSideApply: { usual: "true", why: "objects are always applied server-side" },
  Validate: { usual: "true", why: "the API server validates every apply" },
  ApplyOutOfSyncOnly: { usual: "true", why: "unchanged objects are never written" },
  FailOnSharedResource: { usual: "false", why: "an object that another Application tracks is left alone and named" },
  ClientSideApplyMigration: { usual: "false", why: "fields that kubectl apply wrote are not taken over yet" },
  Force: { usual: "false", why: "objects are not deleted and created again yet" },
  PruneLast: { usual: "false", why: "the order of pruning cannot be chosen yet" },
  PrunePropagationPolicy: { usual: "foreground", why: "how dependents are deleted cannot be chosen yet" },
  Replace: { usual: "false", why: "objects are applied, not replaced" },
  RespectIgnoreDifferences: { usual: "false", why: "a sync writes ignored fields as Git has them" },
  SkipDryRunOnMissingResource: { usual: "true", why: "there is no dry run before a sync yet" },
};

/** Sentences about the entries of `spec.syncPolicy.syncOptions` that change nothing, and those that are no options at all. */
export const syncOptionWarnings = (entries: readonly string[]): readonly string[] => entries.flatMap(warningOf);

const warningOf = (entry: string, index: number): readonly string[] => {
  const place = `spec.syncPolicy.syncOptions[${index}]`;
  const [name = "", value] = entry.split("=").map((part) => part.trim());
  const option = options[name];
  if (value === undefined) return [`${place} ${JSON.stringify(entry)} has no effect; write it as Name=value, such as CreateNamespace=true`];
  if (option === undefined) return [`${place} ${JSON.stringify(name)} is not known and has no effect`];
  if (option === "followed" || option.usual === value) return [];
  return [`${place} ${name} is not supported yet and has no effect: ${option.why}`];
};
