import { parseClusterSecret } from "../argocd/parse-cluster-secret.ts";
import { parseProject } from "../argocd/parse-project.ts";
import type { ClusterRecord } from "../model/cluster.ts";
import { canonicalJson } from "../model/digest.ts";
import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { keyOf } from "../model/resource-key.ts";
import { clusterKey, projectKey, type RegistryChange } from "./changes.ts";

/** Projects and clusters: what only the control Application may declare. */
export interface SettingsInput {
  readonly namespace: string;
  readonly projects: {
    readonly manifests: readonly Manifest[];
    readonly known: ReadonlyMap<string, Project>;
    readonly used: ReadonlySet<string>;
  };
  readonly clusters: {
    readonly manifests: readonly Manifest[];
    readonly known: readonly ClusterRecord[];
    readonly used: ReadonlySet<string>;
    /** Names in the installation file, which wins. */
    readonly given: ReadonlySet<string>;
  };
  readonly prune: boolean;
}

export const planProjects = ({ namespace, projects, prune }: SettingsInput): readonly RegistryChange[] => {
  const declared = projects.manifests.map((manifest, index): RegistryChange => {
    const key = keyIn(manifest, namespace);
    const parsed = parseProject(manifest);
    if (parsed.state === "refused") return { kind: "refuse", key, because: parsed.failure.message };
    if (repeated(projects.manifests, index))
      return { kind: "refuse", key, because: `AppProject ${manifest.metadata.name} is declared twice; keep one of the two` };
    const before = projects.known.get(parsed.project.name);
    const note = parsed.warnings.join("; ");
    return before && same(before, parsed.project)
      ? { kind: "unchanged", key, note }
      : { kind: "declare", key, entry: { kind: "AppProject", project: parsed.project }, isNew: before === undefined, note };
  });
  const names = new Set(projects.manifests.map(({ metadata }) => metadata.name));
  const gone = [...projects.known.keys()].filter((name) => !names.has(name));
  const removed = gone.map((name) => {
    const withdrawal = { kind: "withdraw", key: projectKey(namespace, name), what: { kind: "AppProject", name } } as const;
    return planRemoval(withdrawal, `AppProject ${name}`, prune, projects.used.has(name) && "Applications belong to it");
  });
  return [...declared, ...removed];
};

export const planClusters = ({ namespace, clusters, prune }: SettingsInput): readonly RegistryChange[] => {
  const parsed = clusters.manifests.map((manifest) => ({
    manifest,
    key: keyIn(manifest, namespace),
    answer: parseClusterSecret(manifest),
  }));
  const names = parsed.flatMap(({ answer }) => (answer.state === "parsed" ? [answer.cluster.name] : []));
  const declared = parsed.map(({ key, answer }, index): RegistryChange => {
    const refuse = (because: string): RegistryChange => ({ kind: "refuse", key, because });
    if (answer.state === "refused") return refuse(answer.failure.message);
    const { cluster } = answer;
    if (clusters.given.has(cluster.name))
      return refuse(`cluster ${cluster.name} is given in the installation file; declare it in one place`);
    const first = parsed.findIndex(({ answer: other }) => other.state === "parsed" && other.cluster.name === cluster.name);
    if (first !== index) return refuse(`cluster ${cluster.name} is declared by two Secrets; keep one of the two`);
    const before = clusters.known.find(({ name }) => name === cluster.name);
    const note = answer.warnings.join("; ");
    return before && same(before, cluster)
      ? { kind: "unchanged", key, note }
      : { kind: "declare", key, entry: { kind: "Cluster", cluster }, isNew: before === undefined, note };
  });
  // A Secret that cannot be read may be any of them: nothing is removed while one is there.
  const readable = parsed.every(({ answer }) => answer.state === "parsed");
  const gone = clusters.known.filter(({ name }) => !names.includes(name) && readable);
  const removed = gone.map(({ name }) => {
    const withdrawal = { kind: "withdraw", key: clusterKey(namespace, name), what: { kind: "Cluster", name } } as const;
    return planRemoval(withdrawal, `cluster ${name}`, prune, clusters.used.has(name) && "Applications go to it");
  });
  return [...declared, ...removed];
};

/** What is still used is kept, and so is everything where pruning is off. */
const planRemoval = (
  withdrawal: Extract<RegistryChange, { kind: "withdraw" }>,
  name: string,
  prune: boolean,
  used: string | false,
): RegistryChange => {
  const keep = (because: string): RegistryChange => ({
    kind: "keep",
    key: withdrawal.key,
    because: `${name} is no longer declared${because}`,
  });
  if (used !== false) return keep(`, and stays as long as ${used}`);
  return prune ? withdrawal : keep("; pruning is off");
};

const keyIn = (manifest: Manifest, namespace: string) => ({ ...keyOf(manifest), namespace: manifest.metadata.namespace ?? namespace });

const repeated = (manifests: readonly Manifest[], index: number): boolean =>
  manifests.findIndex(({ metadata }) => metadata.name === manifests[index]?.metadata.name) !== index;

const same = (a: object, b: object): boolean => canonicalJson(plain(a)) === canonicalJson(plain(b));

const plain = (value: object): Json => JSON.parse(JSON.stringify(value));
