import type { Application, Destination } from "../model/application.ts";
import type { ClusterRecord } from "../model/cluster.ts";
import type { Customizations } from "../model/customizations.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import type { RegistryPlan } from "./changes.ts";
import { sortManifests } from "./claims.ts";
import { type KnownApplication, type Parent, planApplications } from "./plan-applications.ts";
import { planCustomizations } from "./plan-customizations.ts";
import { planClusters, planProjects } from "./plan-settings.ts";

/** All that a plan is made of, read before. */
export interface RegistryInput {
  readonly parent: Parent;
  /** The claimed objects of the parent's render. */
  readonly manifests: readonly Manifest[];
  readonly prune: boolean;
  /** A person has said yes to the removals of exactly this render. */
  readonly approved: boolean;
  readonly applications: { readonly known: ReadonlyMap<string, KnownApplication>; readonly gone: readonly Application[] };
  readonly projects: { readonly known: ReadonlyMap<string, Project>; readonly used: ReadonlySet<string> };
  readonly clusters: {
    readonly known: readonly ClusterRecord[];
    /** Names of those of which the record cannot be read. They stay, and who names one means it. */
    readonly broken: readonly string[];
    readonly used: ReadonlySet<string>;
    readonly given: ReadonlySet<string>;
  };
  /** What an argocd-cm said that was declared before. */
  readonly customizations: { readonly known: Customizations | undefined };
  /** Resolves a destination when these clusters are declared. Throws DestinationUnknown. */
  readonly clusterOf: (destination: Destination, declared: readonly ClusterRecord[]) => string;
  readonly digestOf: (application: Application) => string;
}

/**
 * Decides what a render that declares registry objects changes. Projects and clusters come first, since Applications of the same commit may
 * use them; removals come last. One object's refusal harms no other.
 */
export const planRegistry = (input: RegistryInput): RegistryPlan => {
  const { parent, prune } = input;
  const sorted = sortManifests(input.manifests, parent);
  const settings = {
    namespace: parent.controlNamespace,
    projects: { manifests: sorted.projects, ...input.projects },
    clusters: { manifests: sorted.clusters, ...input.clusters },
    prune,
  };
  const projects = parent.isControl ? planProjects(settings) : [];
  const clusters = parent.isControl ? planClusters(settings) : [];
  const customizations = parent.isControl
    ? planCustomizations({ namespace: parent.controlNamespace, manifests: sorted.settings, ...input.customizations, prune })
    : [];
  const entries = [...projects, ...clusters].flatMap((change) => (change.kind === "declare" ? [change.entry] : []));
  const newClusters = entries.flatMap((entry) => (entry.kind === "Cluster" ? [entry.cluster] : []));
  const renewed = new Set(newClusters.map(({ name }) => name));
  const standing = [...input.clusters.known, ...input.clusters.broken.map((name) => ({ name, network: "" }))];
  const declared = [...standing.filter(({ name }) => !renewed.has(name)), ...newClusters];
  const applications = planApplications({
    parent,
    manifests: sorted.applications,
    ...input.applications,
    projects: new Set([
      ...input.projects.known.keys(),
      ...entries.flatMap((entry) => (entry.kind === "AppProject" ? [entry.project.name] : [])),
    ]),
    prune,
    approved: input.approved,
    clusterOf: (destination) => input.clusterOf(destination, declared),
    digestOf: input.digestOf,
  });
  const all = [...projects, ...clusters, ...customizations, ...applications.changes, ...sorted.others];
  return {
    changes: [...all.filter(({ kind }) => kind !== "withdraw"), ...applicationsFirst(all)],
    ...(applications.awaiting === undefined ? {} : { awaiting: applications.awaiting }),
  };
};

const applicationsFirst = (changes: RegistryPlan["changes"]): RegistryPlan["changes"] => {
  const withdrawn = changes.flatMap((change) => (change.kind === "withdraw" ? [change] : []));
  return [...withdrawn.filter(({ what }) => what.kind === "Application"), ...withdrawn.filter(({ what }) => what.kind !== "Application")];
};
