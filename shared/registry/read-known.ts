import { registryKindOf } from "../argocd/registry-kind.ts";
import type { Installation } from "../config/schema.ts";
import type { ClusterRecord } from "../model/cluster.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Table } from "../ports/table.ts";
import { readStates } from "../state/application-state.ts";
import { readApplications } from "../state/applications.ts";
import { readClusterRecords } from "../state/cluster-records.ts";
import { applicationsOfCluster } from "../state/clusters.ts";
import { childrenOf, listApplications } from "../state/listed-applications.ts";
import { readProjects } from "../state/projects.ts";
import { readStoredCustomizations } from "../state/settings.ts";
import type { KnownApplication, Parent } from "./plan-applications.ts";
import type { RegistryInput } from "./plan-registry.ts";

type Known = Pick<RegistryInput, "applications" | "projects" | "clusters" | "customizations">;

interface KnowingWorld {
  readonly table: Table;
  readonly installation: Installation;
}

/** What stands in the table under the names that matter. Children that are still wanted cost one small item each. */
export const readKnown = async (parent: Parent, manifests: readonly Manifest[], { table, installation }: KnowingWorld): Promise<Known> => {
  const broken: string[] = [];
  const [applications, projects, clusters, customizations] = await Promise.all([
    knownApplications(parent, namesOf(manifests), table),
    readProjects(table),
    readClusterRecords(table, (name) => broken.push(name)),
    parent.isControl ? readStoredCustomizations(table) : undefined,
  ]);
  const declared = new Set(manifests.filter((manifest) => registryKindOf(manifest) === "AppProject").map(({ metadata }) => metadata.name));
  const goneProjects = parent.isControl && [...projects.keys()].some((name) => !declared.has(name));
  return {
    applications,
    projects: { known: projects, used: goneProjects ? await usedProjects(table) : new Set() },
    clusters: {
      known: clusters,
      broken,
      used: parent.isControl ? await usedClusters(clusters, table) : new Set(),
      given: new Set(installation.clusters.map(({ name }) => name)),
    },
    customizations: { known: customizations },
  };
};

const namesOf = (manifests: readonly Manifest[]): ReadonlySet<string> =>
  new Set(manifests.filter((manifest) => registryKindOf(manifest) === "Application").map(({ metadata }) => metadata.name));

const knownApplications = async (parent: Parent, wanted: ReadonlySet<string>, table: Table): Promise<Known["applications"]> => {
  const children = new Set(await childrenOf(table, parent.name));
  const goneNames = [...children].filter((name) => !wanted.has(name));
  const foreignNames = [...wanted].filter((name) => !children.has(name));
  const [states, gone, foreign] = await Promise.all([
    readStates(table, [...new Set([...children, ...wanted])], leaveOut),
    readApplications(table, goneNames, leaveOut),
    readApplications(table, foreignNames, leaveOut),
  ]);
  // A stale edge must never make this parent withdraw what another one declares by now.
  const ownGone = gone.filter((application) => application.parent === parent.name);
  const owners = await livingOwners(
    foreign.map((application) => application.parent),
    table,
  );
  const foreignOwners = new Map(foreign.map((application) => [application.name, ownerOf(application.parent, owners)]));
  const known = new Map<string, KnownApplication>();
  for (const name of [...children, ...foreignOwners.keys()]) {
    const state = states.get(name);
    known.set(name, {
      owner: children.has(name) ? parent.name : foreignOwners.get(name),
      declared: state?.declared,
      operated: state?.operated,
      cluster: state?.cluster ?? "",
      leaving: state?.removal !== undefined,
    });
  }
  return { known, gone: ownGone };
};

/** Whoever declares it is told when it is to be written; what Git no longer has stays until it can be read. */
const leaveOut = () => undefined;

/** An Application whose parent was forgotten belongs to nobody, and may be declared by another. */
const ownerOf = (parent: string | undefined, living: ReadonlySet<string>): string | undefined =>
  parent !== undefined && living.has(parent) ? parent : undefined;

const livingOwners = async (parents: readonly (string | undefined)[], table: Table): Promise<ReadonlySet<string>> => {
  const names = [...new Set(parents.flatMap((parent) => (parent === undefined ? [] : [parent])))];
  return new Set((await readApplications(table, names)).map(({ name }) => name));
};

/** Pages through all Applications; asked only when a project is about to go. */
const usedProjects = async (table: Table): Promise<ReadonlySet<string>> => {
  const used = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await listApplications(table, cursor);
    for (const { project } of page.items) used.add(project);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return used;
};

const usedClusters = async (clusters: readonly ClusterRecord[], table: Table): Promise<ReadonlySet<string>> => {
  const used = new Set<string>();
  for (const { name } of clusters) {
    for await (const page of applicationsOfCluster(table, name)) {
      if (page.length === 0) continue;
      used.add(name);
      break;
    }
  }
  return used;
};
