import { claimOf } from "../diff/tracking.ts";
import { Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ObjectResult } from "../model/operation.ts";
import { describeKey, formatKey, groupOf, keyOf, type ResourceKey } from "../model/resource-key.ts";
import { connectActing } from "../policy/acting-cluster.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { ApplyAnswer, Cluster, Clusters } from "../ports/cluster.ts";
import type { Table } from "../ports/table.ts";
import { readState } from "../state/application-state.ts";
import { readApplication } from "../state/applications.ts";
import { readInventory } from "../state/inventories.ts";
import { readCustomizations } from "../state/settings.ts";
import type { ActionOperation, ActionParameters, OfferedAction } from "./action.ts";
import { listActions, planAction } from "./plan-action.ts";

export interface ActionRequest {
  readonly application: string;
  readonly object: ResourceKey;
  readonly action: string;
  readonly parameters: ActionParameters;
}

export interface ActionWorld {
  readonly table: Table;
  readonly artifacts: Artifacts;
  readonly clusters: Clusters;
  readonly clock: Clock;
}

/** Who writes what actions change: neither our apply's fields nor a person's tool's, so that it is no drift by itself. */
const actionFieldManager = "fairlead-action";

/** Controllers write status all the time; each lost race is looked at and planned anew. */
const conflictsBorne = 5;
/** Objects above one another: a Pod's ReplicaSet, its Deployment. */
const ownersAbove = 5;

/** The actions there are for an object of an Application. Throws as `runAction` does. */
export const offeredActions = async (
  { application, object }: Pick<ActionRequest, "application" | "object">,
  world: ActionWorld,
): Promise<readonly OfferedAction[]> => {
  const customizations = await readCustomizations(world.table);
  return withLive(application, object, world, async (live) => listActions(live, customizations, world.clock.now()));
};

/**
 * Runs one action on one live object of an Application; one result per request to the cluster, in their order, ending at the first that is refused.
 * Throws ActionRefused, ScriptFailed, LimitExceeded, Conflict, and what connecting throws.
 */
export const runAction = async (
  { application, object, action, parameters }: ActionRequest,
  world: ActionWorld,
): Promise<readonly ObjectResult[]> => {
  const customizations = await readCustomizations(world.table);
  const now = world.clock.now();
  return withLive(application, object, world, async (live, cluster, again) => {
    let seen = live;
    for (let conflicts = 0; conflicts < conflictsBorne; conflicts++) {
      const operations = planAction(seen, action, parameters, customizations, now);
      const results = await execute(operations, seen, cluster);
      if (results !== "conflict") return results;
      seen = await again();
    }
    throw new Failure("Conflict", object.name, `${describeKey(object)} was changed by somebody else ${conflictsBorne} times; ask again`);
  });
};

const execute = async (
  operations: readonly ActionOperation[],
  live: Manifest,
  cluster: Cluster,
): Promise<readonly ObjectResult[] | "conflict"> => {
  if (operations.length === 0) return [{ key: keyOf(live), action: "unchanged", code: "Synced", message: "it is so already" }];
  const results: ObjectResult[] = [];
  let seen = live;
  for (const operation of operations) {
    const answer = await send(operation, seen, cluster);
    const key = operation.kind === "create" ? keyOf(operation.manifest) : keyOf(live);
    if (answer.state === "conflict" && operation.kind === "patch") return "conflict";
    if (answer.state !== "applied")
      return [...results, { key, action: "unknown", code: "SyncFailed", message: `${describeKey(key)}: ${answer.message}` }];
    results.push({ key, action: operation.kind === "create" ? "created" : "configured", code: "Synced" });
    if (operation.kind === "patch") seen = answer.object;
  }
  return results;
};

const send = async (operation: ActionOperation, live: Manifest, cluster: Cluster): Promise<ApplyAnswer> => {
  const how = { fieldManager: actionFieldManager };
  if (operation.kind === "create") return cluster.create(operation.manifest, how);
  const bound = { ...how, resourceVersion: live.metadata.resourceVersion ?? "" };
  if (operation.part === "object") return cluster.patch(addressOf(live), operation.patch, bound);
  const answer = await cluster.patch(addressOf(live), operation.patch, { ...bound, subresource: "status" });
  // A kind without a status of its own has it in the object, and answers 404 at the other place.
  return answer.state === "refused" && answer.reason === "NotFound" ? cluster.patch(addressOf(live), operation.patch, bound) : answer;
};

type Use<T> = (live: Manifest, cluster: Cluster, again: () => Promise<Manifest>) => Promise<T>;

const withLive = async <T>(application: string, object: ResourceKey, world: ActionWorld, use: Use<T>): Promise<T> => {
  const state = await readState(world.table, application);
  if (!state) throw new Failure("ActionRefused", application, `there is no Application ${application}; fairlead status lists them`);
  const declared = await readApplication(world.table, application);
  if (!declared) throw new Failure("ActionRefused", application, `Application ${application} is being removed`);
  const cluster = await connectActing(declared, state.cluster, world);
  const { kinds } = await cluster.discover();
  const served = kinds.find(({ apiVersion, kind }) => groupOf(apiVersion) === object.group && kind === object.kind);
  if (!served)
    throw new Failure("ActionRefused", object.name, `cluster ${state.cluster} serves no ${object.kind} in group ${object.group || "core"}`);
  const look = () => find(cluster, { apiVersion: served.apiVersion, ...object });
  const live = await look();
  if (!(await belongs(live, application, cluster, world)))
    throw new Failure(
      "ActionRefused",
      object.name,
      `${describeKey(object)} does not belong to Application ${application}; name the one that it belongs to`,
    );
  return use(live, cluster, look);
};

const find = async (cluster: Cluster, at: Parameters<Cluster["get"]>[0]): Promise<Manifest> => {
  const found = await cluster.get(at);
  const what = describeKey({ group: groupOf(at.apiVersion), ...at });
  if (found.state === "absent") throw new Failure("ActionRefused", at.name, `${what} is not in the cluster`);
  if (found.state === "forbidden") throw new Failure("ClusterForbidden", at.name, `${what} cannot be looked at: ${found.reason}`);
  return found.object;
};

/** Tracked for this Application, in its inventory, or made by an object that is: a Job of its CronJob. */
const belongs = async (live: Manifest, application: string, cluster: Cluster, { table, artifacts }: ActionWorld): Promise<boolean> => {
  const [inventory, { tracking }] = await Promise.all([readInventory(table, artifacts, application), readCustomizations(table)]);
  let seen: Manifest | undefined = live;
  for (let above = 0; seen !== undefined && above < ownersAbove; above++) {
    const { tracker, elsewhere } = claimOf(seen, tracking);
    if (tracker !== undefined || elsewhere !== undefined) return tracker === application;
    const entry = inventory.get(formatKey(keyOf(seen)));
    if (entry?.uid !== undefined && entry.uid === seen.metadata.uid) return true;
    seen = await controllerOf(seen, cluster);
  }
  return false;
};

const controllerOf = async (object: Manifest, cluster: Cluster): Promise<Manifest | undefined> => {
  const reference = (object.metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
  if (!reference) return undefined;
  const { apiVersion, kind, name, uid } = reference;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") return undefined;
  const found = await cluster.get({ apiVersion, kind, name, namespace: object.metadata.namespace ?? "" });
  return found.state === "found" && found.object.metadata.uid === uid ? found.object : undefined;
};

const addressOf = ({ apiVersion, kind, metadata }: Manifest) => ({
  apiVersion,
  kind,
  namespace: metadata.namespace ?? "",
  name: metadata.name,
});
