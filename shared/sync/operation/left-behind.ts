import { customHealth } from "../../lua/custom-health.ts";
import type { Application } from "../../model/application.ts";
import { Failure } from "../../model/failure.ts";
import { excludedIn } from "../../policy/excluded-kinds.ts";
import type { ApplicationState } from "../../state/application-state.ts";
import type { Operation } from "../../state/operations.ts";
import { readCustomizations } from "../../state/settings.ts";
import { desiredState } from "../desired.ts";
import { renderedManifests } from "../desired-manifests.ts";
import type { SyncWorld } from "../ports.ts";
import { operationUnderWay } from "./begin.ts";
import { watchHooks } from "./gate.ts";
import { observeHooks } from "./hook-objects.ts";
import { hookTasks, isHook } from "./hooks.ts";
import { placeOf } from "./moved.ts";

export interface LeftBehind {
  readonly application: Application;
  readonly state: ApplicationState;
  /** The last holder died. */
  readonly takenOver: boolean;
}

/**
 * The operation that is under way, with all of its hooks. A worker that died had begun some that it told nobody of: nothing may take the operation's
 * place, or end it, as if they were not at work.
 */
export const standingOperation = async (
  { application, state, takenOver }: LeftBehind,
  world: SyncWorld,
): Promise<Operation | undefined> => {
  const operation = await operationUnderWay(application.name, state, takenOver, world);
  if (!operation || !takenOver) return operation;
  try {
    return { ...operation, hooks: await hooksOf(operation, { application, state }, world) };
  } catch (error) {
    // Without its manifests nobody knows what they are called, and whoever needs them says so.
    if (!(error instanceof Failure) || error.code !== "ArtifactMissing") throw error;
    return operation;
  }
};

/** Those that stand in its record, and those that the cluster has of it. */
const hooksOf = async (
  operation: Operation,
  { application, state }: Omit<LeftBehind, "takenOver">,
  world: SyncWorld,
): Promise<Operation["hooks"]> => {
  const { manifests } = await renderedManifests(operation.output, world);
  // The cluster may be gone for good, and its Application is forgotten all the same.
  if (!manifests.some(isHook)) return operation.hooks;
  const { place = placeOf(state, application) } = operation;
  const [cluster, customizations] = await Promise.all([world.clusters.connect(place.cluster), readCustomizations(world.table)]);
  const { tracking } = customizations;
  const there = { ...application, destination: { ...application.destination, namespace: place.namespace } };
  const excluded = await excludedIn(place.cluster, customizations, world.clusters);
  const { hooks } = desiredState(manifests, there, await cluster.discover(), { tracking, excluded });
  const run = { ...operation, application: application.name, operation: operation.id, revision: operation.revision ?? "", tracking };
  const tasks = hookTasks(hooks, run);
  const sight = { live: await observeHooks(tasks, cluster), custom: customHealth(customizations, world.clock.now), hooks: operation.hooks };
  return watchHooks({ hooks: tasks }, sight);
};
