import { differencesBetween } from "../diff/field-changes.ts";
import { fieldManager } from "../diff/field-manager.ts";
import { fingerprintOf } from "../diff/fingerprint.ts";
import { applicationHealth } from "../health/application-health.ts";
import type { Application } from "../model/application.ts";
import { hasSyncOption } from "../model/application.ts";
import type { Inventory, InventoryEntry } from "../model/inventory.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ObjectResult } from "../model/operation.ts";
import { describeKey, formatKey } from "../model/resource-key.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { childrenOf } from "../state/applications.ts";
import { readInventory, writeInventory } from "../state/inventories.ts";
import type { Lease } from "../state/leases.ts";
import type { Applied, ApplyContext } from "./apply.ts";
import { type DesiredState, desiredState } from "./desired.ts";
import { createNamespace } from "./namespace.ts";
import { observe } from "./observe.ts";
import { isFailure, type Outcome } from "./outcome.ts";
import { type Plan, planSync } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";
import { checkPrune, pruneObjects } from "./prune.ts";
import { applyWaves } from "./waves.ts";

export interface SyncSubject {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly manifests: readonly Manifest[];
  readonly output: string;
  /** What render had to say about them. */
  readonly warnings: readonly string[];
  readonly lease: Lease;
}

/** Observe, plan, act: one operation on one Application's objects. Failures are thrown; what was applied before one stands in the inventory. */
export const attemptSync = async (subject: SyncSubject, world: SyncWorld): Promise<Outcome> => {
  const { application, state, lease } = subject;
  const declared = subject.manifests.filter((manifest) => world.registry.claims(manifest, application));
  const manifests = subject.manifests.filter((manifest) => !world.registry.claims(manifest, application));

  const cluster = await world.clusters.connect(state.cluster);
  const apis = await cluster.discover();
  const desired = desiredState(manifests, application, apis);
  const inventory = await readInventory(world.table, world.artifacts, application.name);
  const live = await observe(cluster, apis, desired.objects, inventory);
  const context = await applyContext(application.name, cluster, world);
  const prune = state.requested?.prune ?? application.syncPolicy.automated?.prune ?? false;
  const plan = planSync({
    application: application.name,
    desired: desired.objects,
    inventory,
    live,
    prune,
    matches: (object, entry) => matches(object, entry, context),
  });

  if (!mayAct(application, state)) return compared(plan);
  const allowEmpty = application.syncPolicy.automated?.allowEmpty ?? false;
  const empty = desired.objects.length + declared.length === 0;
  // Applications that it declared are lost by an empty render as objects are.
  const children = empty ? (await childrenOf(world.table, application.name)).length : 0;
  checkPrune({ application: application.name, desired: empty ? 0 : 1, owned: inventory.size + children, allowEmpty });

  const planned = withPlanned(inventory, plan);
  if (planned.size > inventory.size) await writeInventory(world.table, world.artifacts, application.name, planned);
  if (hasSyncOption(application.syncPolicy.syncOptions, "CreateNamespace")) await createNamespace(application, manifests, cluster);
  const applied = await applyWaves(plan, context, lease, world.pause);
  const failed = applied.some(({ result }) => isFailure(result));
  const pruned = failed ? [] : await pruneObjects(plan, cluster, lease);
  const settled = settledInventory(planned, plan, applied, pruned);
  const registered = failed ? { results: [] } : await register(subject, declared, prune, world);

  const results = [...applied.map(({ result }) => result), ...pruned, ...keptResults(plan), ...registered.results];
  const bad = results.find(isFailure);
  const { output } = subject;
  const awaiting = "awaiting" in registered && registered.awaiting !== undefined ? { awaiting: registered.awaiting } : {};
  if (bad)
    return {
      kind: "failed",
      reason: bad.message ?? "an object failed",
      retry: "limited",
      results,
      inventory: settled,
      output,
      ...awaiting,
    };
  const health = applicationHealth(
    applied.flatMap(({ live: object }) => (object ? [object] : [])),
    application.name,
  );
  return {
    kind: "applied",
    results,
    inventory: settled,
    syncStatus: plan.kept.length > 0 ? "OutOfSync" : "Synced",
    health: health.status,
    ...(health.message !== undefined && { healthReason: health.message }),
    warnings: [...subject.warnings, ...warningsOf(desired)],
    output,
    ...awaiting,
  };
};

/** Automated: always, but for drift only where self-heal is on. Manual: when somebody asked. */
export const mayAct = (application: Application, state: ApplicationState): boolean => {
  if (state.requested) return true;
  const { automated } = application.syncPolicy;
  if (!automated) return false;
  return !state.drifted || automated.selfHeal || state.input !== state.syncedInput;
};

export const applyContext = async (application: string, cluster: Cluster, world: SyncWorld): Promise<ApplyContext> => {
  const key = await world.fingerprintKey();
  return {
    application,
    cluster,
    fingerprint: (object) => fingerprintOf(object, { fieldManager, key }),
    differences: (desired, live) => differencesBetween(desired, live, { fieldManager }),
  };
};

/** Same resourceVersion: nobody wrote. Same fingerprint: nobody wrote anything of ours. */
const matches = (object: Manifest, entry: InventoryEntry, context: ApplyContext): boolean => {
  if (entry.uid !== object.metadata.uid) return false;
  return entry.resourceVersion === object.metadata.resourceVersion || entry.fingerprint === context.fingerprint(object);
};

const compared = (plan: Plan): Outcome => {
  const changes = plan.waves.flatMap(({ changes }) => changes).filter(({ kind }) => kind !== "unchanged");
  const moved = [...changes, ...plan.prune, ...plan.kept];
  const live = plan.waves.flatMap(({ changes }) => changes.flatMap((change) => ("live" in change ? [change.live] : [])));
  return {
    kind: "compared",
    syncStatus: moved.length === 0 ? "Synced" : "OutOfSync",
    health: applicationHealth(live, "").status,
    reason: moved.length === 0 ? "" : `${moved.length} objects differ from Git`,
  };
};

/** Inventory before objects: everything that is about to be created stands in it first. */
const withPlanned = (inventory: Inventory, plan: Plan): Inventory => {
  const planned = new Map(inventory);
  for (const change of plan.waves.flatMap(({ changes }) => changes)) {
    if (change.kind === "keep" || change.kind === "prune" || planned.has(formatKey(change.object.key))) continue;
    planned.set(formatKey(change.object.key), { key: change.object.key, apiVersion: change.object.manifest.apiVersion });
  }
  return planned;
};

const settledInventory = (planned: Inventory, plan: Plan, applied: readonly Applied[], pruned: readonly ObjectResult[]): Inventory => {
  const settled = new Map(planned);
  for (const { result, entry } of applied) if (entry) settled.set(formatKey(result.key), entry);
  for (const { key, code } of pruned) if (code === "Pruned") settled.delete(formatKey(key));
  for (const key of plan.vanished) settled.delete(formatKey(key));
  return settled;
};

const keptResults = (plan: Plan): readonly ObjectResult[] =>
  plan.kept.map(({ key, because, detail }) => ({
    key,
    action: because === "forbidden" ? ("unknown" as const) : ("skipped" as const),
    code: because === "Prune=false" || because === "prune is off" ? ("PruneSkipped" as const) : ("SyncFailed" as const),
    message: detail,
  }));

const register = async (subject: SyncSubject, manifests: readonly Manifest[], prune: boolean, world: SyncWorld) =>
  world.registry.apply({
    parent: subject.application,
    manifests,
    prune,
    approval: subject.state.approval,
    digest: subject.output,
  });

const warningsOf = (desired: DesiredState): readonly string[] => [
  ...desired.warnings,
  ...desired.hooks.map(
    (hook) =>
      `${describeKey({ group: "", kind: hook.kind, namespace: hook.metadata.namespace ?? "", name: hook.metadata.name || String(hook.metadata.generateName) })} is a sync hook; hooks are not run yet`,
  ),
];
