import { globMatches } from "../model/glob.ts";
import type { OrphanedResources } from "../model/project.ts";
import type { ResourceKey } from "../model/resource-key.ts";

/** What every namespace has by itself. */
const inEveryNamespace: readonly Pick<ResourceKey, "kind" | "name">[] = [
  { kind: "ServiceAccount", name: "default" },
  { kind: "ConfigMap", name: "kube-root-ca.crt" },
];

/**
 * Whether an object that no Application owns is none of those that people are told about: Kubernetes' own, or one that the project's
 * `orphanedResources.ignore` names. An empty kind or name there means any; an empty group means the core group, as in Argo CD's code.
 */
export const isNoOrphan = (key: ResourceKey, { ignore }: Pick<OrphanedResources, "ignore">): boolean =>
  (key.group === "" && inEveryNamespace.some(({ kind, name }) => kind === key.kind && name === key.name)) ||
  (key.group === "" && key.kind === "Service" && key.namespace === "default" && key.name === "kubernetes") ||
  ignore.some(
    ({ group, kind, name }) =>
      globMatches(group, key.group) && (kind === "" || globMatches(kind, key.kind)) && (name === "" || globMatches(name, key.name)),
  );
