import type { Application } from "../model/application.ts";
import type { Customizations } from "../model/customizations.ts";
import { groupOf } from "../model/resource-key.ts";
import type { Cluster, Clusters } from "../ports/cluster.ts";
import type { Table } from "../ports/table.ts";
import { readProject } from "../state/projects.ts";
import { readCustomizations } from "../state/settings.ts";
import { impersonatedUser } from "./impersonation.ts";

interface ActingWorld {
  readonly table: Table;
  readonly clusters: Clusters;
}

/** Whoever reads the settings anyway gives them to `actingCluster`. Throws as connecting does. */
export const connectActing = async (application: Application, name: string, world: ActingWorld): Promise<Cluster> => {
  const [cluster, customizations] = await Promise.all([world.clusters.connect(name), readCustomizations(world.table)]);
  return actingCluster(cluster, { application, name, customizations }, world);
};

/**
 * The cluster as whoever acts for an Application may write to it (syncs, deletions, actions, dry runs of all of them): where argocd-cm says so, as the service account that the AppProject names. What is looked at is looked at
 * as ourselves, as in Argo CD. Where no account is named each write throws ApplyRefused, a dry run included: comparing goes on, syncing does not.
 */
export const actingCluster = async (
  cluster: Cluster,
  {
    application,
    name,
    customizations,
  }: { readonly application: Application; readonly name: string; readonly customizations: Customizations },
  world: ActingWorld,
): Promise<Cluster> => {
  if (!customizations.impersonation) return cluster;
  const [project, addresses = []] = await Promise.all([readProject(world.table, application.project), world.clusters.addresses?.(name)]);
  const { server } = application.destination;
  const known = addresses.length === 0 && server !== undefined ? [server] : addresses;
  return writingAs(cluster, () => impersonatedUser(application, project, known));
};

const writingAs = (cluster: Cluster, user: () => string): Cluster => ({
  discover: (options) => cluster.discover(options),
  get: (at) => cluster.get(at),
  list: (query) => cluster.list(query),
  apply: async (manifest, options) => cluster.apply(manifest, { ...options, as: user() }),
  // A review asks what we ourselves may.
  create: async (manifest, options) =>
    cluster.create(manifest, groupOf(manifest.apiVersion) === "authorization.k8s.io" ? options : { ...options, as: user() }),
  replace: async (manifest, options) => cluster.replace(manifest, { ...options, as: user() }),
  patch: async (at, patch, options) => cluster.patch(at, patch, { ...options, as: user() }),
  delete: async (at, options) => cluster.delete(at, { ...options, as: user() }),
  watch: (query, stop) => cluster.watch(query, stop),
  close: () => cluster.close(),
});
