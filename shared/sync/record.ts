import { assertNever } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import { type SyncRequest, sameRequest } from "../model/sync-request.ts";
import { retryPolicyOf } from "../policy/retry.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { forgetApplication } from "../state/forgetting.ts";
import { writeInventory } from "../state/inventories.ts";
import { dueShardOf } from "../state/items.ts";
import { releaseLease } from "../state/leases.ts";
import { longestDelay } from "../state/messages.ts";
import { writeOperation } from "../state/operations.ts";
import { forgetSelection } from "../state/selections.ts";
import { smallReason, smallWarnings } from "../state/small.ts";
import { clearedBy } from "./cleared-by.ts";
import { healthDelay, type NextStep, type Outcome, retryDelay, type Tries, triesOf } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";
import { heldByRequest } from "./rollback.ts";
import { tellForgotten } from "./tell-forgotten.ts";
import { type Finished, newsOfHealing, operationOf, tellOutcome } from "./tell-outcome.ts";

/**
 * Inventory, event, notice, then the state in one write that also gives the lease back. Each earlier step may be repeated; only the last one
 * counts, and when a wish came meanwhile the next hint is sent from here.
 */
export const recordOutcome = async (finished: Finished, world: SyncWorld): Promise<NextStep> => {
  const { application, read, lease, outcome } = finished;
  const now = world.clock.now();
  if (outcome.kind === "removed") {
    const forgotten = await forgetApplication(world.table, application, { lease, read, at: now });
    if (forgotten.state === "stays") return recordOutcome({ ...finished, outcome: { kind: "waiting" } }, world);
    return tellForgotten(application, forgotten, world);
  }
  if ("inventory" in outcome && outcome.inventory) await writeInventory(world.table, world.artifacts, lease, outcome.inventory);
  if (outcome.kind === "running") await writeOperation(world, lease, outcome.operation);
  const healing = newsOfHealing(finished, now);
  const told = await tellOutcome(finished, now, healing, world);
  const later = nextLook(finished, now);
  // A message can wait for 15 minutes; beyond that the sweeper is the one who comes.
  const wait = untilContested(outcome, now) ?? later ?? (leavesRest(finished, later) ? 0 : undefined);
  const due = wait === undefined ? undefined : now + wait + (wait > longestDelay * 1000 ? 0 : 60_000);
  const released = {
    set: {
      ...stateAfter(finished, now, later),
      released: lease.fence,
      ...(told && { events: read.events + 1 }),
      ...(healing && { heals: healing.heals }),
      ...(due !== undefined && { dueAt: due, dueShard: dueShardOf(application.name) }),
    },
    remove: [...clearedBy(finished, later), ...(due === undefined ? ["dueAt", "dueShard"] : [])],
    ...answered(finished, later),
  };
  const after = await releaseLease(world.table, lease, released, servedBy(finished));
  const asked = requestIn(finished);
  if (outcome.kind !== "running" && !sameRequest(asked, after.requested))
    await forgetSelection(world.table, application.name, asked?.resources);
  const again = { v: 1 as const, application: application.name };
  const group = application.project;
  // What waits for fetch has seen the wish that it read: fetch sends for it, a declaration that took it back does, or the sweeper.
  const seen = outcome.kind === "waiting" ? read.desiredGeneration : after.observedGeneration;
  if (outcome.kind === "waiting" && outcome.input !== undefined) {
    const body = { v: 1 as const, input: outcome.input, applications: [application.name], limits: world.renderLimits };
    await world.renders.send([{ body, group }]);
  } else if (!goesOn(outcome) && after.desiredGeneration > seen) {
    await world.syncs.send([{ body: again, group }]);
  }
  if (outcome.kind === "failed" && later !== undefined && retryPolicyOf(application, requestIn(finished)).refresh)
    await world.pushes.send([{ body: { ...again, kind: "application" }, delaySeconds: refreshDelay(later), group }]);
  if (later === undefined || outcome.kind === "waiting") return { done: true };
  // One that waits for longer than a message can is sent before its time.
  const at = later > longestDelay * 1000 ? undefined : now + later;
  return { done: false, again: { ...again, at }, seconds: Math.ceil(later / 1000), group };
};

/** `retry.refresh`: the sources are looked at again just before the next attempt, which takes what is newest. */
const refreshDelay = (later: number): number => Math.min(longestDelay, Math.max(0, Math.floor(later / 1000) - 1));

/** Its next step has a message of its own. */
const goesOn = ({ kind }: Outcome): boolean => kind === "running" || kind === "removing";

/** Milliseconds until this Application must be looked at again, if nobody wishes for anything. */
const nextLook = (finished: Finished, now: number): number | undefined => {
  const { read, outcome } = finished;
  switch (outcome.kind) {
    case "applied":
      return outcome.health === "Progressing" ? healthDelay(0) * 1000 : untilContested(outcome, now);
    case "failed": {
      const delay = retryDelay(outcome.retry, triesIn(finished), retryPolicyOf(finished.application, requestIn(finished)));
      return delay === undefined ? undefined : Math.max(delay, (outcome.notWithin ?? 0) * 1000);
    }
    case "running":
      return outcome.seconds * 1000;
    case "removing":
      return Math.max(2, healthDelay(read.attempt)) * 1000;
    case "waiting":
      return 0;
    case "compared":
      return outcome.again === undefined ? undefined : Math.max(1_000, outcome.again - now);
    case "removed":
      return undefined;
    default:
      return assertNever(outcome);
  }
};

/** Milliseconds until what others have is looked at again. Where health is looked at meanwhile, the sweeper sends for that look. */
const untilContested = (outcome: Outcome, now: number): number | undefined =>
  outcome.kind === "applied" && outcome.again !== undefined ? Math.max(1_000, outcome.again - now) : undefined;

const awaitingOf = (
  { awaiting, output }: { readonly awaiting?: string; readonly output?: string },
  read: ApplicationState,
  now: number,
) => {
  if (awaiting === undefined) return {};
  const askedAt = read.awaitingDigest === output ? (read.askedAt ?? now) : now;
  return { awaiting: smallReason(awaiting), awaitingDigest: output, askedAt };
};

/** Of the operation that ends: a step reads others that came meanwhile. */
const requestIn = ({ read, outcome }: Finished): SyncRequest | undefined => operationOf(outcome)?.request ?? read.requested;

/** Of the operation that ends, where it took several steps: its first one read what it is about. */
const triesIn = ({ read, outcome }: Finished): Tries => operationOf(outcome) ?? triesOf(read);

/** A wish that came while an operation was under way is still open when it ends. */
const servedBy = ({ read, outcome }: Finished): number =>
  outcome.kind === "running" ? read.desiredGeneration : (operationOf(outcome)?.generation ?? read.desiredGeneration);

/** A selection is not what Git wants: where the rest follows by itself, the wish stays open when the selection has had its turn. */
const leavesRest = (finished: Finished, later: number | undefined): boolean => {
  const { application, read, outcome } = finished;
  const request = requestIn(finished);
  const follows = application.syncPolicy.automated !== undefined && read.input !== read.syncedInput;
  return isOver(outcome, later) && request?.resources !== undefined && follows;
};

/** Done, or failed for the last time. */
const isOver = (outcome: Outcome, later: number | undefined): boolean =>
  outcome.kind === "applied" || (outcome.kind === "failed" && later === undefined);

const observedBy = (finished: Finished, later: number | undefined): number =>
  leavesRest(finished, later) ? Math.min(finished.read.observedGeneration, servedBy(finished) - 1) : servedBy(finished);

/** A request that this operation answered is answered, though another wish came meanwhile; not where that brought something newer to sync. */
const answered = (finished: Finished, later: number | undefined): { readonly served?: readonly string[] } => {
  const { read, outcome } = finished;
  if ("served" in outcome && outcome.served) return { served: outcome.served };
  const operation = operationOf(outcome);
  if (!isOver(outcome, later) || !operation?.request || !sameRequest(operation.request, read.requested)) return {};
  const { resources, revision } = operation.request;
  return read.input === operation.input || resources !== undefined || revision !== undefined ? { served: ["requested"] } : {};
};

const stateAfter = (finished: Finished, now: number, later: number | undefined): Readonly<Record<string, Json | undefined>> => {
  const { read, outcome } = finished;
  const operation = operationOf(outcome);
  const observedGeneration = observedBy(finished, later);
  const { resources, revision } = requestIn(finished) ?? {};
  const input = operation ? operation.input : read.input;
  switch (outcome.kind) {
    case "applied": {
      const held = heldByRequest(read, operation, outcome.output);
      return {
        observedGeneration,
        ...(held && { rollback: { ...held } }),
        phase: "Succeeded",
        attempt: 0,
        outages: 0,
        step: undefined,
        ...(!outcome.partial && { syncedInput: input, syncedOutput: outcome.output }),
        syncStatus: outcome.syncStatus,
        health: outcome.health,
        healthChecks: 0,
        failedInput: undefined,
        outage: undefined,
        reason: reasonOf(outcome),
        againAt: outcome.again,
        contested: outcome.contested,
        ...awaitingOf(outcome, read, now),
        warnings: smallWarnings(outcome.warnings),
        syncedAt: now,
      };
    }
    case "compared":
      return {
        observedGeneration,
        syncStatus: outcome.syncStatus,
        health: outcome.health,
        reason: outcome.reason === "" ? undefined : smallReason(outcome.reason),
        againAt: outcome.again,
        contested: outcome.contested,
        // What was under way was ended for a reason that stands there.
        ...(read.phase === "Running" && { phase: "Failed", step: undefined }),
      };
    case "failed": {
      const { attempt, outages } = triesIn(finished);
      const isOutage = outcome.retry === "unlimited";
      return {
        observedGeneration,
        phase: "Failed",
        attempt,
        outages: isOutage ? outages + 1 : outages,
        retryAt: later === undefined ? undefined : now + later,
        step: undefined,
        // Whoever failed is tried again by its own rules only.
        contested: undefined,
        // What failed is not what Git wants.
        ...(resources === undefined && revision === undefined && { failedInput: input }),
        outage: isOutage ? true : undefined,
        syncStatus: "OutOfSync",
        reason: smallReason(outcome.reason),
        ...awaitingOf(outcome, read, now),
      };
    }
    case "running":
      return {
        phase: "Running",
        step: { at: now + outcome.seconds * 1000, generation: read.desiredGeneration },
        reason: outcome.reason === undefined ? undefined : smallReason(outcome.reason),
      };
    case "removing":
      return {
        phase: "Terminating",
        attempt: read.attempt + 1,
        ...(later !== undefined && { step: { at: now + later, generation: read.desiredGeneration } }),
        reason: smallReason(`${outcome.left} objects are being deleted${outcome.detail === undefined ? "" : `; ${outcome.detail}`}`),
        ...awaitingOf({ ...outcome, output: read.syncedOutput ?? "removal" }, read, now),
      };
    case "waiting":
    case "removed":
      return {};
    default:
      return assertNever(outcome);
  }
};

const reasonOf = ({ healthReason, results }: Extract<Outcome, { kind: "applied" }>): string | undefined => {
  const reason = healthReason ?? results.find(({ action }) => action === "skipped")?.message;
  return reason === undefined ? undefined : smallReason(reason);
};
