import type { Application } from "../model/application.ts";
import type { Inventory } from "../model/inventory.ts";
import { formatKey } from "../model/resource-key.ts";
import { readInventory, writeInventory } from "../state/inventories.ts";
import type { Lease } from "../state/leases.ts";
import { observe } from "./observe.ts";
import { isFailure, type Outcome } from "./outcome.ts";
import { type Plan, planSync } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";
import { pruneObjects } from "./prune.ts";
import { keptResults } from "./results.ts";

/** The declaration was withdrawn and carried Argo CD's finalizer: its objects go first, then the Application is forgotten. */
export const removeObjects = async (application: Application, clusterName: string, lease: Lease, world: SyncWorld): Promise<Outcome> => {
  const children = await world.registry.withdraw(application);
  if (children > 0) return { kind: "removing", left: children };
  const inventory = await readInventory(world.table, world.artifacts, application.name);
  if (inventory.size === 0) return { kind: "removed" };
  const cluster = await world.clusters.connect(clusterName);
  const live = await observe(cluster, await cluster.discover(), [], inventory);
  const { name } = application;
  const plan = planSync({
    application: name,
    desired: [],
    inventory,
    live,
    prune: true,
    deleting: true,
    ownerOf: () => undefined,
    matches: () => false,
  });
  const results = await pruneObjects(plan.prune, { application: name, cluster, lease });
  const left = standing(inventory, plan);
  await writeInventory(world.table, world.artifacts, name, left);
  const bad = results.find(isFailure) ?? keptResults(plan).find(isFailure);
  if (bad) return { kind: "failed", reason: bad.message ?? `${name} cannot be deleted`, retry: "limited", results };
  return left.size === 0 ? { kind: "removed" } : { kind: "removing", left: left.size };
};

/** Looked at again by the next step: finalizers may hold an object long after its delete was accepted. */
const standing = (inventory: Inventory, { prune, kept }: Plan): Inventory => {
  const forbidden = kept.filter(({ because }) => because === "forbidden").map(({ key }) => key);
  const keys = new Set([...prune.map(({ entry }) => entry.key), ...forbidden].map(formatKey));
  return new Map([...inventory].filter(([key]) => keys.has(key)));
};
