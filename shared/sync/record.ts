import type { Application } from "../model/application.ts";
import type { EventKind } from "../model/event.ts";
import { assertNever } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { isDirty } from "../state/application-state.ts";
import { forgetApplication } from "../state/applications.ts";
import { writeEvent } from "../state/events.ts";
import { writeInventory } from "../state/inventories.ts";
import { dueShardOf } from "../state/items.ts";
import { type Lease, releaseLease } from "../state/leases.ts";
import { nextEvent } from "../state/next-event.ts";
import { healthDelay, isFailure, type NextStep, type Outcome, retryDelay } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";

export interface Finished {
  readonly application: Application;
  /** The state that was read when the lease was acquired: what this operation answers. */
  readonly read: ApplicationState;
  readonly lease: Lease;
  readonly outcome: Outcome;
  /** ms since 1970 */
  readonly startedAt: number;
}

/**
 * Inventory, event, notice, then the state in one write that also gives the lease back. Each earlier step may be repeated; only the last one
 * counts, and when a wish came meanwhile the next hint is sent from here.
 */
export const recordOutcome = async (finished: Finished, world: SyncWorld): Promise<NextStep> => {
  const { application, read, lease, outcome } = finished;
  const now = world.clock.now();
  if (outcome.kind === "removed") {
    await forgetApplication(world.table, application, read.cluster);
    world.journal.tell("application-removed", { application: application.name });
    return { done: true };
  }
  if ("inventory" in outcome && outcome.inventory) await writeInventory(world.table, world.artifacts, application.name, outcome.inventory);
  const told = await tellOutcome(finished, now, world);
  const later = nextLook(read, outcome);
  const due = later === undefined ? undefined : now + later + 60_000;
  const after = await releaseLease(world.table, lease, {
    set: {
      ...stateAfter(finished, now),
      ...(told && { events: read.events + 1 }),
      ...(due !== undefined && { dueAt: due, dueShard: dueShardOf(application.name) }),
    },
    remove: [...clearedBy(outcome), ...(due === undefined ? ["dueAt", "dueShard"] : [])],
  });
  const again = { v: 1 as const, application: application.name };
  if (outcome.kind === "waiting" && outcome.input !== undefined) {
    await world.renders.send([{ body: { v: 1, input: outcome.input, applications: [application.name] } }]);
  } else if (after.desiredGeneration > read.desiredGeneration) {
    await world.syncs.send([{ body: again, group: application.project }]);
  }
  return later === undefined || outcome.kind === "waiting" ? { done: true } : { done: false, again, seconds: Math.ceil(later / 1000) };
};

/** Milliseconds until this Application must be looked at again, if nobody wishes for anything. */
const nextLook = (read: ApplicationState, outcome: Outcome): number | undefined => {
  switch (outcome.kind) {
    case "applied":
      return outcome.health === "Progressing" ? healthDelay(0) * 1000 : undefined;
    case "failed":
      return retryDelay(outcome.retry, attemptOf(read));
    case "removing":
      return 2_000;
    case "waiting":
      return 0;
    case "compared":
    case "removed":
      return undefined;
    default:
      return assertNever(outcome);
  }
};

const awaitingOf = ({ awaiting, output }: { readonly awaiting?: string; readonly output?: string }) =>
  awaiting === undefined ? {} : { awaiting, awaitingDigest: output };

/** The state item is small; the rest stands with the render's output. */
const warningsKept = 5;

/** A new wish starts counting anew. */
const attemptOf = (read: ApplicationState): number => (isDirty(read) ? 1 : read.attempt + 1);

const stateAfter = ({ read, outcome }: Finished, now: number): Readonly<Record<string, Json | undefined>> => {
  const observedGeneration = read.desiredGeneration;
  switch (outcome.kind) {
    case "applied":
      return {
        observedGeneration,
        phase: "Succeeded",
        attempt: 0,
        syncedInput: read.input,
        syncedOutput: outcome.output,
        syncStatus: outcome.syncStatus,
        health: outcome.health,
        healthChecks: 0,
        reason: outcome.healthReason ?? outcome.results.find(({ action }) => action === "skipped")?.message,
        ...awaitingOf(outcome),
        warnings: outcome.warnings.slice(0, warningsKept),
        syncedAt: now,
      };
    case "compared":
      return { observedGeneration, syncStatus: outcome.syncStatus, health: outcome.health, reason: outcome.reason };
    case "failed": {
      const delay = retryDelay(outcome.retry, attemptOf(read));
      const retryAt = delay === undefined ? undefined : now + delay;
      return {
        observedGeneration,
        phase: "Failed",
        attempt: attemptOf(read),
        retryAt,
        syncStatus: "OutOfSync",
        reason: outcome.reason,
        ...awaitingOf(outcome),
      };
    }
    case "removing":
      return { phase: "Terminating", reason: `${outcome.left} objects are being deleted` };
    case "waiting":
    case "removed":
      return {};
    default:
      return assertNever(outcome);
  }
};

const clearedBy = (outcome: Outcome): readonly string[] => {
  if (outcome.kind === "applied")
    return ["requested", "drifted", "approval", "retryAt", ...(outcome.awaiting === undefined ? ["awaiting", "awaitingDigest"] : [])];
  if (outcome.kind === "compared") return ["requested", "drifted", "retryAt"];
  // What a person asked for stays asked for while it is tried again.
  return outcome.kind === "failed" && outcome.retry === "never" ? ["retryAt", "requested"] : [];
};

/** History and notice, where there is something to say: a retry that fails for the same reason, or a sync that found nothing to do, is none. */
const tellOutcome = async (finished: Finished, now: number, world: SyncWorld): Promise<boolean> => {
  const { application, read, lease, outcome, startedAt } = finished;
  const kind = eventKind(read, outcome);
  if (kind === undefined) return false;
  const event = nextEvent(application, read, {
    kind,
    now,
    startedAt,
    ...("results" in outcome && { results: outcome.results }),
    ...("output" in outcome && { output: outcome.output }),
    reason:
      outcome.kind === "failed" ? outcome.reason : outcome.kind === "applied" ? (outcome.awaiting ?? outcome.healthReason) : undefined,
  });
  await writeEvent(world.table, event, lease.fence);
  await world.notices.send([{ body: { v: 1, application: application.name, event: event.id } }]);
  const { objects, ...facts } = event;
  const health = outcome.kind === "applied" ? outcome.health : undefined;
  world.journal.tell(`sync-${kind}`, JSON.parse(JSON.stringify({ ...facts, health, objects: objects.slice(0, 10) })));
  return true;
};

const eventKind = (read: ApplicationState, outcome: Outcome): EventKind | undefined => {
  if (outcome.kind === "failed") return read.phase === "Failed" && read.reason === outcome.reason ? undefined : "failed";
  if (outcome.kind !== "applied") return undefined;
  if (outcome.awaiting !== undefined) return outcome.awaiting === read.awaiting ? undefined : "waiting-for-approval";
  const moved = outcome.results.some((result) => result.action !== "unchanged" && result.action !== "skipped" && !isFailure(result));
  if (read.drifted && read.input === read.syncedInput) return moved ? "drift-healed" : undefined;
  return moved || read.input !== read.syncedInput || read.requested || read.phase === "Failed" ? "synced" : undefined;
};
