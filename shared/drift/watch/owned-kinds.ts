import type { Inventory } from "../../model/inventory.ts";
import { formatKey } from "../../model/resource-key.ts";
import type { Tracking } from "../../model/tracking.ts";
import { excludedIn, withoutExcluded } from "../../policy/excluded-kinds.ts";
import { readStates } from "../../state/application-state.ts";
import { applicationsOfCluster } from "../../state/clusters.ts";
import { readInventories } from "../../state/inventories.ts";
import { readCustomizations } from "../../state/settings.ts";
import type { DriftWorld } from "../ports.ts";
import { tellUnreadable } from "../unreadable.ts";

export interface WatchedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What the Applications of a cluster own there. */
export interface Owned {
  readonly applications: ReadonlySet<string>;
  /** By `apiVersion/kind`. */
  readonly kinds: ReadonlyMap<string, WatchedKind>;
  readonly tracking: Tracking;
  /** By formatted key: whose it is, and its version as we last saw it. */
  readonly objects: ReadonlyMap<string, { readonly application: string; readonly resourceVersion: string | undefined }>;
}

export const kindName = ({ apiVersion, kind }: WatchedKind): string => `${apiVersion}/${kind}`;

/** Remembers inventories by the fence they were read under: what no sync has touched is not read again. */
export const ownedReader = (cluster: string, world: DriftWorld): (() => Promise<Owned>) => {
  const read = new Map<string, { readonly fence: number; readonly inventory: Inventory }>();
  return async () => {
    const applications = new Set<string>();
    for await (const names of applicationsOfCluster(world.table, cluster)) {
      const states = await readStates(world.table, names, tellUnreadable(world));
      const moved = names.filter((name) => states.get(name)?.fence !== read.get(name)?.fence);
      const inventories = moved.length === 0 ? new Map() : await readInventories(world.table, world.artifacts, moved);
      for (const [name, inventory] of inventories) read.set(name, { fence: states.get(name)?.fence ?? 0, inventory });
      for (const name of names) applications.add(name);
    }
    for (const name of read.keys()) if (!applications.has(name)) read.delete(name);
    const customizations = await readCustomizations(world.table);
    const excluded = await excludedIn(cluster, customizations, world.clusters);
    const shown = new Map([...read].map(([name, { inventory }]) => [name, withoutExcluded(inventory, excluded)] as const));
    return ownedOf(applications, shown, customizations.tracking);
  };
};

const ownedOf = (applications: ReadonlySet<string>, read: ReadonlyMap<string, Inventory>, tracking: Tracking): Owned => {
  const entries = [...read].flatMap(([application, inventory]) =>
    [...inventory.values()].map((entry) => ({ application, entry, kind: { apiVersion: entry.apiVersion, kind: entry.key.kind } })),
  );
  return {
    applications,
    tracking,
    kinds: new Map(entries.map(({ kind }) => [kindName(kind), kind])),
    objects: new Map(
      entries.map(({ application, entry }) => [formatKey(entry.key), { application, resourceVersion: entry.resourceVersion }]),
    ),
  };
};
