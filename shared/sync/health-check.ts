import { applicationHealth } from "../health/application-health.ts";
import { customHealth } from "../lua/custom-health.ts";
import type { Application } from "../model/application.ts";
import type { EventKind } from "../model/event.ts";
import { Failure } from "../model/failure.ts";
import type { Inventory } from "../model/inventory.ts";
import type { HealthStatus } from "../model/operation.ts";
import { excludedIn, withoutExcluded } from "../policy/excluded-kinds.ts";
import { announce } from "../state/announcing.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { readInventory } from "../state/inventories.ts";
import { dueShardOf } from "../state/items.ts";
import { nextEvent } from "../state/next-event.ts";
import { readCustomizations } from "../state/settings.ts";
import { smallReason } from "../state/small.ts";
import { makeMove } from "../state/transitions.ts";
import { observe } from "./observe.ts";
import { healthDelay, type NextStep } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";

/** Synced, and not yet as it should be. */
export const isSettling = ({ health, owner, phase }: ApplicationState): boolean =>
  health === "Progressing" && owner === undefined && phase === "Succeeded";

/**
 * After a sync, while the Application is progressing: looks at its objects and comes back until they are healthy or degraded. Needs no lease:
 * the write is bound to the fence that was read and to nobody holding it.
 */
export const checkHealth = async (application: Application, state: ApplicationState, world: SyncWorld): Promise<NextStep> => {
  if (!isSettling(state)) return { done: true };
  const now = world.clock.now();
  const health = await liveHealth(application.name, state.cluster, world);
  const settled = health.status !== "Progressing";
  const kind = settledKind(health.status);
  const event =
    kind && nextEvent(application, state, { kind, now, reason: health.message, ...(state.syncedOutput && { output: state.syncedOutput }) });
  if (event) await announce(world, event, state.fence);
  const seconds = healthDelay(state.healthChecks + 1);
  // Held up by a sync window: that is what people read until it opens, and when somebody must come.
  const isHeldUp = state.againAt !== undefined;
  const answer = await makeMove(world.table, {
    application: application.name,
    move: "look",
    by: "health",
    from: state,
    change: {
      set: {
        health: health.status,
        healthChecks: state.healthChecks + 1,
        ...(health.message !== undefined && !isHeldUp && { reason: smallReason(health.message) }),
        ...(event && { events: state.events + 1 }),
        ...(!settled && !isHeldUp && { dueAt: now + seconds * 1000 + 60_000, dueShard: dueShardOf(application.name) }),
      },
      remove: isHeldUp ? [] : [...(settled ? ["dueAt", "dueShard"] : []), ...(health.message === undefined ? ["reason"] : [])],
    },
    condition: {
      fence: { equals: state.fence },
      owner: { absent: true },
      desiredGeneration: { equals: state.desiredGeneration },
      ...(state.healthChecks > 0 && { healthChecks: { equals: state.healthChecks } }),
    },
  });
  if (!answer.written) return { done: true };
  if (event) {
    world.journal.tell(`health-${event.kind}`, {
      application: application.name,
      cluster: state.cluster,
      trigger: event.trigger,
      secondsSincePush: event.secondsSincePush,
      reason: event.reason,
    });
  }
  return settled ? { done: true } : { done: false, again: { v: 1, application: application.name }, seconds, group: application.project };
};

const settledKind = (status: HealthStatus): EventKind | undefined => {
  if (status === "Healthy") return "healthy";
  return status === "Degraded" ? "degraded" : undefined;
};

/** Hooks may be gone by their own policies. */
const expected = (inventory: Inventory): number => [...inventory.values()].filter(({ hook }) => !hook).length;

/** A cluster that cannot be reached says nothing about health: look again later. */
const liveHealth = async (application: string, clusterName: string, world: SyncWorld) => {
  try {
    const [inventory, customizations] = await Promise.all([
      readInventory(world.table, world.artifacts, application),
      readCustomizations(world.table),
    ]);
    const cluster = await world.clusters.connect(clusterName);
    const managed = withoutExcluded(inventory, await excludedIn(clusterName, customizations, world.clusters));
    const live = await observe(cluster, await cluster.discover(), [], managed);
    const objects = [...live.values()].flatMap((found) => (found.state === "found" ? [found.object] : []));
    return applicationHealth(objects, application, expected(managed), customHealth(customizations, world.clock.now));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Such as a cluster that is no longer declared: looking again does not help, and the next sync tells.
    return { status: error.retry ? ("Progressing" as const) : ("Unknown" as const), message: error.message };
  }
};
