import { rulesOf } from "../argocd/project-rules.ts";
import type { Application } from "../model/application.ts";
import { withoutHelmReleases } from "../model/helm-releases.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Excluded } from "../model/resource-filter.ts";
import { formatKey, groupOf, type ResourceKey } from "../model/resource-key.ts";
import { sideBySide } from "../model/side-by-side.ts";
import { excludedIn } from "../policy/excluded-kinds.ts";
import type { Cluster, ServedKind } from "../ports/cluster.ts";
import { applicationsOfCluster } from "../state/clusters.ts";
import { readInventories } from "../state/inventories.ts";
import { readProject } from "../state/projects.ts";
import { readCustomizations } from "../state/settings.ts";
import { orphansAmong, talk } from "./orphans.ts";
import type { DriftWorld } from "./ports.ts";
import { knowingOthers } from "./unreadable-kinds.ts";

export interface Orphans {
  /** Where was looked: the destination, and wherever else the Application has objects. */
  readonly namespaces: readonly string[];
  readonly orphans: readonly ResourceKey[];
  /** Kinds that we may not list, or that cannot be read now, such as `Secret in production`. */
  readonly unseen: readonly string[];
}

const width = 8;

/**
 * Objects in an Application's namespaces that no Application owns. Asked for by a person: it lists every kind that the cluster serves, names
 * and owners only, no values. Throws what connecting throws.
 */
export const orphanedResources = async (
  application: Application,
  clusterName: string,
  { table, artifacts, clusters }: Pick<DriftWorld, "table" | "artifacts" | "clusters">,
): Promise<Orphans> => {
  const applications = new Set<string>();
  const tracked = new Set<string>();
  const places = new Set([application.destination.namespace]);
  for await (const names of applicationsOfCluster(table, clusterName)) {
    for (const name of names) applications.add(name);
    for (const [name, inventory] of await readInventories(table, artifacts, names)) {
      for (const [key, entry] of inventory) {
        tracked.add(key);
        if (name === application.name) places.add(entry.key.namespace);
      }
    }
  }
  const namespaces = [...places].filter((namespace) => namespace !== "").toSorted();
  const project = await readProject(table, application.project);
  const ignore = project ? (rulesOf(project).orphanedResources?.ignore ?? []) : [];
  const customizations = await readCustomizations(table);
  const excluded = await excludedIn(clusterName, customizations, clusters);
  const { objects, unseen } = await everything(knowingOthers(await clusters.connect(clusterName)), namespaces, excluded);
  const { tracking } = customizations;
  return { namespaces, orphans: orphansAmong(objects, { tracked, applications, ignore, tracking }), unseen };
};

const everything = async (cluster: Cluster, namespaces: readonly string[], excluded: Excluded) => {
  const { kinds } = await cluster.discover();
  const shown = listable(kinds).filter(({ apiVersion, kind }) => !excluded({ group: groupOf(apiVersion), kind }));
  const wanted = shown.flatMap((kind) => namespaces.map((namespace) => ({ kind, namespace })));
  const objects = new Map<string, Manifest>();
  const unseen: string[] = [];
  await sideBySide(wanted, width, async ({ kind: { apiVersion, kind }, namespace }) => {
    const answer = await cluster.list({ apiVersion, kind, namespace, metadataOnly: true, ...withoutHelmReleases(apiVersion, kind) });
    if (answer.state === "forbidden") unseen.push(`${kind} in ${namespace}`);
    if (answer.state !== "listed") return;
    for (const object of answer.objects) {
      const { metadata } = object;
      objects.set(formatKey({ group: groupOf(apiVersion), kind, namespace, name: metadata.name }), object);
    }
  });
  return { objects: [...objects.values()], unseen: unseen.toSorted() };
};

/** One version of each kind that can be listed: an object is there in all of them. */
const listable = (kinds: readonly ServedKind[]): readonly ServedKind[] => {
  const namespaced = kinds.filter(({ namespaced, verbs }) => namespaced && verbs.includes("list"));
  const found = new Map(namespaced.toReversed().map((kind) => [`${groupOf(kind.apiVersion)}/${kind.kind}`, kind]));
  return [...found].filter(([name]) => !talk.has(name)).map(([, kind]) => kind);
};
