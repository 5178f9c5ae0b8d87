import type { Application } from "../model/application.ts";
import type { Inventory } from "../model/inventory.ts";
import { formatKey } from "../model/resource-key.ts";
import type { Cluster } from "../ports/cluster.ts";
import { readInventory, writeInventory } from "../state/inventories.ts";
import type { Lease } from "../state/leases.ts";
import { observe } from "./observe.ts";
import type { Outcome } from "./outcome.ts";
import { planSync } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";
import { pruneObjects } from "./prune.ts";
import { survivesDeletion } from "./survival.ts";

/** The declaration was withdrawn and carried Argo CD's finalizer: its objects go first, then the Application is forgotten. */
export const removeObjects = async (application: Application, clusterName: string, lease: Lease, world: SyncWorld): Promise<Outcome> => {
  const children = await world.registry.withdraw(application);
  if (children > 0) return { kind: "removing", left: children };
  const inventory = await readInventory(world.table, world.artifacts, application.name);
  if (inventory.size === 0) return { kind: "removed" };
  const cluster = await world.clusters.connect(clusterName);
  const left = await deleteOwned(application, inventory, cluster, lease);
  await writeInventory(world.table, world.artifacts, application.name, left);
  return left.size === 0 ? { kind: "removed" } : { kind: "removing", left: left.size };
};

const deleteOwned = async (application: Application, inventory: Inventory, cluster: Cluster, lease: Lease): Promise<Inventory> => {
  const live = await observe(cluster, await cluster.discover(), [], inventory);
  const doomed = new Map(
    [...inventory].filter(([key]) => {
      const found = live.get(key);
      return found?.state === "forbidden" || (found?.state === "found" && !survivesDeletion(found.object));
    }),
  );
  const plan = planSync({ application: application.name, desired: [], inventory: doomed, live, prune: true, matches: () => false });
  await pruneObjects(plan, cluster, lease);
  // Looked at again by the next step: finalizers may hold an object long after its delete was accepted.
  const standing = new Set(
    [...plan.prune.map(({ entry }) => entry.key), ...plan.kept.filter(({ because }) => because === "forbidden").map(({ key }) => key)].map(
      formatKey,
    ),
  );
  return new Map([...doomed].filter(([key]) => standing.has(key)));
};
