import type { Manifest } from "../../../shared/model/manifest.ts";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import type { Change, Condition, Item, Key, Table } from "../../../shared/ports/table.ts";
import type { Ports } from "../ports.ts";

/** What an update says, before it goes to the table. */
export interface Update {
  readonly key: Key;
  readonly change: Change;
  readonly condition: Condition | undefined;
}

/** A table of which every update is changed on its way. */
export const withUpdates = (table: Table, change: (update: Update) => Update | Promise<Update>): Table => ({
  ...table,
  update: async (...[key, wanted, condition]) => {
    const sent = await change({ key, change: wanted, condition });
    return table.update(sent.key, sent.change, sent.condition);
  },
});

/** A table of which every item read is changed on its way back. */
export const withItems = (table: Table, change: (item: Item) => Item | undefined): Table => ({
  ...table,
  get: async (key) => {
    const item = await table.get(key);
    return item && change(item);
  },
  getMany: async (keys) => (await table.getMany(keys)).flatMap((item) => change(item) ?? []),
});

/** Clusters of which every call may be changed. */
export const withClusters = (ports: Ports, change: (cluster: Cluster) => Partial<Cluster>): Ports => ({
  ...ports,
  clusters: {
    connect: async (name) => {
      const cluster = await ports.clusters.connect(name);
      return { ...cluster, ...change(cluster) };
    },
  },
});

export const isState = ({ sk }: Key): boolean => sk === "state";

export const without = (condition: Condition | undefined, ...names: readonly string[]): Condition =>
  Object.fromEntries(Object.entries(condition ?? {}).filter(([name]) => !names.includes(name)));

/** Bound to no version of the object that was looked at. */
export const unbound = (manifest: Manifest): Manifest => {
  const { uid: _, resourceVersion: __, ...metadata } = manifest.metadata;
  return { ...manifest, metadata: { ...metadata, name: manifest.metadata.name } };
};
