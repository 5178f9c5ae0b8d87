import { globMatches } from "./glob.ts";

/** One entry of `resource.exclusions` or `resource.inclusions`; a list without entries means any. */
export interface ResourceRule {
  /** Globs, "" for the core group. */
  readonly apiGroups: readonly string[];
  /** Kinds by name, or `*` alone, as Argo CD's code has it. */
  readonly kinds: readonly string[];
  /** Globs over the address of a cluster's server; here also over its name. */
  readonly clusters: readonly string[];
}

/** The kinds that argocd-cm leaves to others. */
export interface ResourceFilter {
  readonly exclusions: readonly ResourceRule[];
  readonly inclusions: readonly ResourceRule[];
}

export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** Whether objects of a kind are left out: neither listed nor compared, applied, pruned or told as orphans. */
export type Excluded = (kind: GroupKind) => boolean;

export const nothingExcluded: Excluded = () => false;

/** An exclusion beats an inclusion; where inclusions name the cluster, what they do not name is excluded. `names`: all that the cluster is called by. */
export const exclusionOf = ({ exclusions, inclusions }: ResourceFilter, names: readonly string[]): Excluded => {
  const here = (rules: readonly ResourceRule[]) => rules.filter(({ clusters }) => isAny(clusters, (glob) => names.some(matching(glob))));
  const [out, only] = [here(exclusions), here(inclusions)];
  if (out.length + only.length === 0) return nothingExcluded;
  const known = new Map<string, boolean>();
  return (kind) => {
    const name = `${kind.group}/${kind.kind}`;
    const answer = known.get(name) ?? (out.some(covering(kind)) || (only.length > 0 && !only.some(covering(kind))));
    known.set(name, answer);
    return answer;
  };
};

const covering =
  ({ group, kind }: GroupKind) =>
  ({ apiGroups, kinds }: ResourceRule): boolean =>
    isAny(apiGroups, (glob) => matching(glob)(group)) && isAny(kinds, (each) => each === "*" || each === kind);

const isAny = (patterns: readonly string[], matches: (pattern: string) => boolean): boolean =>
  patterns.length === 0 || patterns.some(matches);

const matching =
  (glob: string) =>
  (text: string): boolean =>
    globMatches(glob, text);

/** Whether any rule asks which cluster it is. */
export const asksForCluster = ({ exclusions, inclusions }: ResourceFilter): boolean =>
  [...exclusions, ...inclusions].some(({ clusters }) => clusters.length > 0);
