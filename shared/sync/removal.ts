import type { Application } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import type { Inventory } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import { describeKey, formatKey } from "../model/resource-key.ts";
import { actingCluster } from "../policy/acting-cluster.ts";
import { isDeletionApproved } from "../policy/approval.ts";
import { excludedIn, withoutExcluded } from "../policy/excluded-kinds.ts";
import { applicationOptions, objectOptions } from "../policy/sync-options.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { readInventory, writeInventory } from "../state/inventories.ts";
import type { Lease } from "../state/leases.ts";
import { checkEpoch } from "../state/renewal.ts";
import { readCustomizations } from "../state/settings.ts";
import { ownersOf } from "./apply-context.ts";
import { observe } from "./observe.ts";
import type { Prune } from "./operation/groups.ts";
import { deleteHookObject } from "./operation/hook-objects.ts";
import { runRemovalHooks } from "./operation/removal-hooks.ts";
import { liveWaveOf } from "./order.ts";
import { isFailure, type Outcome } from "./outcome.ts";
import { type Plan, planSync } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";
import { pruneObjects } from "./prune.ts";
import { keptResults } from "./results.ts";
import type { StepTime } from "./step-time.ts";
import { notYetProven } from "./unproven.ts";
import { unseenOf } from "./unseen.ts";

export interface Removal {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly lease: Lease;
  readonly time: StepTime;
}

/**
 * The declaration was withdrawn and carried Argo CD's finalizer: PreDelete hooks run, its objects go, the last wave first, PostDelete hooks run,
 * then the Application is forgotten. One step each; a hook that fails keeps the rest back. No commit can follow that would mend it, so
 * whatever fails is tried again until it no longer does. Throws LeaseLost.
 */
export const removeObjects = async (removal: Removal, world: SyncWorld): Promise<Outcome> => {
  try {
    return await takeRemovalStep(removal, world);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "LeaseLost") throw error;
    return { kind: "failed", reason: error.message, retry: "unlimited", results: [] };
  }
};

const takeRemovalStep = async (removal: Removal, world: SyncWorld): Promise<Outcome> => {
  const { application, state, lease, time } = removal;
  const { name } = application;
  const children = await world.registry.withdraw(application);
  if (children > 0) return { kind: "removing", left: children };
  const inventory = await readInventory(world.table, world.artifacts, name);
  if (state.unproven) return { kind: "removing", left: inventory.size, detail: notYetProven };
  await checkEpoch(application, state, world);
  if (inventory.size === 0 && state.syncedOutput === undefined) return { kind: "removed" };
  const customizations = await readCustomizations(world.table);
  const connected = await world.clusters.connect(state.cluster);
  const cluster = await actingCluster(connected, { application, name: state.cluster, customizations }, world);
  const before = await runRemovalHooks("PreDelete", removal, cluster, world);
  if (before) return before;
  const apis = await cluster.discover();
  const { tracking, respectRbac } = customizations;
  const managed = withoutExcluded(inventory, await excludedIn(state.cluster, customizations, world.clusters));
  const live = await observe(cluster, apis, [], managed);
  const rules = {
    ...rulesOf(removal, world.clock.now()),
    tracking,
    ownerOf: await ownersOf(name, live, tracking, world),
    unseen: await unseenOf(respectRbac, live, apis, cluster),
  };
  const plan = planSync({ ...rules, desired: [], inventory: managed, live, matches: () => false });
  // One that was at work when the Application was withdrawn is held by our own finalizer.
  for (const { at } of plan.prune.filter(({ entry }) => entry.hook)) await deleteHookObject(at, { cluster, lease });
  const { results, trouble } = await pruneObjects(lastWave(plan), { cluster, lease, rules, time });
  const left = standing(inventory, plan);
  await writeInventory(world.table, world.artifacts, lease, left);
  if (trouble) return { kind: "failed", reason: trouble.message, retry: "unlimited", results };
  const bad = results.find(isFailure) ?? keptResults(plan).find(isFailure);
  if (bad) return { kind: "failed", reason: bad.message ?? `${name} cannot be deleted`, retry: "unlimited", results };
  const unconfirmed = plan.kept.find(({ because }) => because === "unconfirmed");
  if (left.size > 0) return { kind: "removing", left: left.size, ...detailOf(plan, unconfirmed?.detail) };
  const after = await runRemovalHooks("PostDelete", removal, cluster, world);
  return after ?? { kind: "removed" };
};

const rulesOf = ({ application, state }: Removal, now: number) => {
  const given = applicationOptions(application);
  // The finalizer says how dependents go; without an own word, as they are pruned.
  const background = application.finalizers.some((finalizer) => finalizer.endsWith("/background"));
  const options = background ? { ...given, propagation: "Background" as const } : given;
  return {
    application: application.name,
    prune: true,
    deleting: true,
    optionsOf: (manifest: Manifest) => objectOptions(options, manifest),
    confirmed:
      (state.awaitingDigest !== undefined && state.approval === state.awaitingDigest) ||
      isDeletionApproved(application, state.desiredAt ?? now),
  };
};

/** The reverse of the order in which they came; the next wave goes when this one is gone. */
const lastWave = ({ prune }: Plan): readonly Prune[] => {
  const objects = prune.filter(({ entry }) => !entry.hook);
  const last = Math.max(...objects.map(({ live }) => liveWaveOf(live)));
  return objects.filter(({ live }) => liveWaveOf(live) === last && live.metadata.deletionTimestamp === undefined);
};

/** Looked at again by the next step: finalizers may hold an object long after its delete was accepted. */
const standing = (inventory: Inventory, { prune, kept }: Plan): Inventory => {
  const waiting = kept.filter(({ because }) => because === "forbidden" || because === "unconfirmed").map(({ key }) => key);
  const keys = new Set([...prune.map(({ entry }) => entry.key), ...waiting].map(formatKey));
  return new Map([...inventory].filter(([key]) => keys.has(key)));
};

/** What it waits for: a person's yes, or whoever's finalizer holds an object. */
const detailOf = ({ prune }: Plan, unconfirmed: string | undefined): { readonly detail?: string; readonly awaiting?: string } => {
  if (unconfirmed !== undefined) return { awaiting: unconfirmed };
  const held = prune.find(({ live }) => live.metadata.deletionTimestamp !== undefined && (live.metadata.finalizers ?? []).length > 0);
  if (!held) return {};
  const { finalizers = [], deletionTimestamp } = held.live.metadata;
  return { detail: `${describeKey(held.entry.key)} is held by ${finalizers.join(", ")} since ${deletionTimestamp}` };
};
