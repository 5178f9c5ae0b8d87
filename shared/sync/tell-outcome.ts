import type { Application } from "../model/application.ts";
import type { EventKind } from "../model/event.ts";
import { announce } from "../state/announcing.ts";
import { type ApplicationState, isDirty } from "../state/application-state.ts";
import { storeBeyondEvent } from "../state/event-results.ts";
import { eventId, readEvent } from "../state/events.ts";
import type { Lease } from "../state/leases.ts";
import { nextEvent } from "../state/next-event.ts";
import type { Operation } from "../state/operations.ts";
import { type HealNews, healNews } from "../state/repeated-heals.ts";
import { smallReason } from "../state/small.ts";
import { isFailure, type Outcome } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";

export interface Finished {
  readonly application: Application;
  /** The state that was read when the lease was acquired: what this operation answers. */
  readonly read: ApplicationState;
  readonly lease: Lease;
  readonly outcome: Outcome;
  /** ms since 1970 */
  readonly startedAt: number;
  /** Its last holder died. */
  readonly takenOver: boolean;
}

export const operationOf = (outcome: Outcome): Operation | undefined => ("operation" in outcome ? outcome.operation : undefined);

/** History and notice, where there is something to say: a retry that fails for the same reason, or a sync that found nothing to do, is none. */
export const tellOutcome = async (finished: Finished, now: number, healing: HealNews | undefined, world: SyncWorld): Promise<boolean> => {
  const { application, read, lease, outcome, startedAt } = finished;
  const kind = eventKind(read, outcome);
  if (kind === undefined) return tellLeft(finished, world);
  const results = "results" in outcome ? outcome.results : [];
  const said = nextEvent(application, read, {
    kind,
    now,
    startedAt: operationOf(outcome)?.startedAt ?? startedAt,
    results,
    earlier: operationOf(outcome),
    ...("output" in outcome && { output: outcome.output }),
    reason: healing?.reason ?? reasonOf(outcome),
    outage: outcome.kind === "failed" && outcome.retry === "unlimited",
  });
  const event = { ...said, ...(await storeBeyondEvent(world.artifacts, operationOf(outcome), results)) };
  await announce(world, event, lease.fence, { quietly: healing?.tell === false });
  const { objects, results: _, ...facts } = event;
  const health = outcome.kind === "applied" ? outcome.health : undefined;
  world.journal.tell(`sync-${kind}`, JSON.parse(JSON.stringify({ ...facts, health, objects: objects.slice(0, 10) })));
  return true;
};

/** Who died may have written down what there was to say, and nobody heard of it: what it did stands, and finds nothing to do any more. */
const tellLeft = async ({ application, read, lease, outcome, takenOver }: Finished, world: SyncWorld): Promise<boolean> => {
  if (!takenOver || outcome.kind !== "applied") return false;
  const id = eventId(read.events + 1);
  const left = await readEvent(world.table, application.name, id);
  if (left?.event.kind !== "synced" || left.fence >= lease.fence) return false;
  await world.notices.send([{ body: { v: 1, application: application.name, event: id }, group: application.project }]);
  return true;
};

const reasonOf = (outcome: Outcome): string | undefined => {
  if (outcome.kind === "failed") return outcome.reason;
  if (outcome.kind === "compared") return outcome.reason;
  return outcome.kind === "applied" ? (outcome.awaiting ?? outcome.healthReason) : undefined;
};

/** Of drift that was healed: whether people hear of it again. */
export const newsOfHealing = ({ read, outcome }: Finished, now: number): HealNews | undefined =>
  outcome.kind === "applied" && eventKind(read, outcome) === "drift-healed" ? healNews(read.heals, outcome.results, now) : undefined;

const eventKind = (read: ApplicationState, outcome: Outcome): EventKind | undefined => {
  if (outcome.kind === "failed") return isNewFailure(read, outcome) ? "failed" : undefined;
  if (outcome.kind === "compared") return isNewlyOutOfSync(read, outcome) ? "out-of-sync" : undefined;
  if (outcome.kind !== "applied") return undefined;
  if (outcome.awaiting !== undefined && smallReason(outcome.awaiting) !== read.awaiting) return "waiting-for-approval";
  const moved =
    outcome.results.some((result) => result.action !== "unchanged" && result.action !== "skipped" && !isFailure(result)) ||
    hasMoved(outcome.operation);
  if (moved && read.drifted && !read.requested && read.input === read.syncedInput) return "drift-healed";
  return moved || read.input !== read.syncedInput || read.requested || read.phase === "Failed" ? "synced" : undefined;
};

const hasMoved = (operation: Operation | undefined): boolean =>
  operation !== undefined && operation.counts.created + operation.counts.configured + operation.counts.deleted > 0;

/** Git moved on and nothing follows by itself. Drift is told by the scan that found it. */
const isNewlyOutOfSync = (read: ApplicationState, { syncStatus }: Extract<Outcome, { kind: "compared" }>): boolean =>
  syncStatus === "OutOfSync" && read.syncStatus !== "OutOfSync" && read.input !== read.syncedInput && !read.drifted;

/** The same failure again is none, unless another commit brought it, or somebody asked. An outage is told once, however its words change. */
const isNewFailure = (read: ApplicationState, { reason, retry }: Extract<Outcome, { kind: "failed" }>): boolean => {
  if (read.phase !== "Failed" || (read.requested && isDirty(read))) return true;
  if (retry === "unlimited" && read.outage) return false;
  return read.reason !== smallReason(reason) || read.failedInput !== read.input;
};
