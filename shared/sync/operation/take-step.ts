import { assertNever, type Failure } from "../../model/failure.ts";
import type { ObjectResult } from "../../model/operation.ts";
import type { LiveObject } from "../../ports/cluster.ts";
import { writeInventory } from "../../state/inventories.ts";
import { type Operation, writeOperation } from "../../state/operations.ts";
import { checkEpoch } from "../../state/renewal.ts";
import type { Look, SyncSubject } from "../look.ts";
import { isFailure, type Outcome, outagePause } from "../outcome.ts";
import { ownedAfter, withPlanned } from "../owned.ts";
import type { SyncWorld } from "../ports.ts";
import { withTaken } from "../taken.ts";
import { tellRunning } from "../tell-running.ts";
import { type Acted, actOn, differing, resultsOf } from "./act.ts";
import { withResults } from "./begin.ts";
import { overdue, passing } from "./deadline.ts";
import { decide, type Next } from "./decide.ts";
import { failOperation, finishOperation, nothingMore } from "./end.ts";
import { withoutEnded } from "./ended-by-itself.ts";
import { gateOf, type Sight, watchHooks } from "./gate.ts";
import { byPlace, type Group, restOf } from "./groups.ts";
import { observeHooks } from "./hook-objects.ts";
import { preflight } from "./preflight.ts";

/** All that one step works on. */
export interface Step {
  readonly subject: SyncSubject;
  readonly look: Look;
  /** Of all phases of a sync, in order. */
  readonly groups: readonly Group[];
  readonly operation: Operation;
  /** An earlier step has begun it, and the server was asked about all of it. */
  readonly underWay: boolean;
  /** The namespace that CreateNamespace has just made. */
  readonly made?: string | undefined;
}

type LiveObjects = ReadonlyMap<string, LiveObject>;

/** Seconds between two waves, as in Argo CD: controllers get to see the first before the second comes. */
const usualWaveDelay = 2;

/** Seconds until the next look at what is waited for since then: from every second to every half minute, the longer it takes. */
const waitSince = (since: number, now: number): number => Math.min(30, Math.max(1, Math.ceil((now - since) / 4_000)));

/**
 * One step of an operation: the gate behind what was done last, then one group of hooks and objects, then back to the queue. Where nothing must be
 * waited for, the one step is all there is, and nothing about it is stored.
 */
export const takeStep = async (step: Step, world: SyncWorld): Promise<Outcome> => {
  const { look, subject, underWay } = step;
  const groups = step.groups.map((group) => withoutEnded(group, step.operation, look.inventory));
  const tasks = groups.flatMap(({ hooks }) => hooks);
  const live = new Map([...look.live, ...(await observeHooks(tasks, look.context.cluster))]);
  if (!underWay) {
    const { lease, time } = subject;
    const { refused, asked } = await preflight(groups, { ...look.preflight, lease, time, from: step.operation.tried });
    if (refused.length > 0) return refusedBeforehand(refused, step);
    if (asked !== undefined) return { kind: "running", operation: { ...step.operation, tried: asked }, seconds: 0, reason: dryRuns(asked) };
  }
  const { tried, ...operation } = step.operation;
  const begun = groups.filter((group) => operation.at && byPlace(group, operation.at) === 0);
  const hooks = begun.reduce<Operation["hooks"]>((records, group) => watchHooks(group, sightOf(step, live, records)), operation.hooks);
  return proceed({ ...step, groups, operation: { ...operation, hooks } }, live, world);
};

const sightOf = ({ look }: Step, live: LiveObjects, hooks: Operation["hooks"]): Sight => ({ live, custom: look.health, hooks });

const dryRuns = (asked: number): string =>
  `the server was asked about ${asked} objects, and is asked about the rest before anything is written`;

const refusedBeforehand = (results: readonly ObjectResult[], { made, operation }: Step): Outcome => {
  const more = results.length === 1 ? "" : `, and ${results.length - 1} more objects are refused`;
  return {
    kind: "failed",
    reason: `${results[0]?.message}${more}; nothing was changed${made === undefined ? "" : ` but that Namespace ${made} was made`}`,
    retry: "limited",
    results,
    ...(operation.tried !== undefined && { operation }),
  };
};

const proceed = async (step: Step, live: LiveObjects, world: SyncWorld): Promise<Outcome> => {
  const { operation } = step;
  const failing = operation.failure !== undefined;
  const groups = step.groups.filter(({ phase }) => (phase === "SyncFail") === failing);
  const next = decide(groups, operation.at, (group) => gateOf(group, sightOf(step, live, operation.hooks)));
  // Whatever comes further needs no deadline: there is an end to it.
  if ((next.kind === "wait" || next.kind === "act") && next.waitingFor !== undefined) {
    const at = { phase: next.group.phase, wave: next.group.wave };
    const late = overdue(step.subject.application, { ...operation, at }, next.waitingFor, world.clock.now());
    if (late !== undefined) return expire(step, late, live, world);
  }
  switch (next.kind) {
    case "finish":
      return failing ? failOperation(step, world) : finishOperation(step, nothingMore, world);
    case "wait":
      return waitAt(step, next, world);
    case "fail":
      return failAt({ ...step, operation: withResults(operation, next.results) }, next.results, live, world);
    case "act":
      return act(step, next, live, world);
    default:
      return assertNever(next);
  }
};

const waitAt = ({ look, operation }: Step, { group, waitingFor }: Extract<Next, { kind: "wait" }>, { clock }: SyncWorld): Outcome => {
  const { phase, wave } = group;
  const now = clock.now();
  const since = operation.notBefore ?? now;
  return {
    kind: "running",
    operation: { ...operation, at: { phase, wave }, notBefore: since },
    inventory: look.inventory,
    seconds: waitSince(since, now),
    reason: `${phase}, wave ${wave}: waiting for ${waitingFor}`,
  };
};

/** SyncFail hooks run before it ends, unless it waited for them. */
const expire = async (step: Step, reason: string, live: LiveObjects, world: SyncWorld): Promise<Outcome> => {
  if (step.operation.failure) return failOperation(step, world);
  return proceed({ ...step, operation: { ...step.operation, failure: { reason, retry: "limited" } } }, live, world);
};

/** SyncFail hooks run before the operation ends; how it ends stands already. */
const failAt = (
  step: Step,
  results: readonly ObjectResult[],
  live: LiveObjects,
  world: SyncWorld,
  reason = results.find(isFailure)?.message ?? "an object failed",
): Promise<Outcome> => {
  const failure = step.operation.failure ?? { reason, retry: "limited" as const };
  const failed = { ...step, operation: { ...step.operation, failure } };
  const isOver = step.operation.failure !== undefined || !step.groups.some(({ phase }) => phase === "SyncFail");
  return isOver ? failOperation(failed, world) : proceed(failed, live, world);
};

const act = async (
  step: Step,
  { group: whole, last, waitingFor }: Extract<Next, { kind: "act" }>,
  live: LiveObjects,
  world: SyncWorld,
): Promise<Outcome> => {
  const { subject, look, operation } = step;
  const { lease, time } = subject;
  const group = operation.partly ? restOf(whole, new Set(operation.partly)) : whole;
  const ends = last && group.hooks.length === 0;
  const planned = withPlanned(look.inventory, group);
  if (planned.size > look.inventory.size) await writeInventory(world.table, world.artifacts, lease, planned);
  if (!step.underWay) await tellRunning(look.plan, subject, world);
  if (!ends) await writeOperation(world, lease, operation);
  if (group.prune.length > 0) await checkEpoch(subject.application, subject.state, world);

  const acted = await actOn(group, {
    apply: look.context,
    lease,
    time,
    rules: look.rules,
    pause: world.pause,
    live,
    hooks: operation.hooks,
  });
  const results = resultsOf(acted);
  const seen = withTaken(look, acted.applied);
  // What is being deleted stays in the inventory until it is gone, where something comes after it.
  const inventory = ownedAfter(planned, seen.plan, acted.applied, ends ? acted.pruned : []);
  const now = world.clock.now();
  const at = { phase: group.phase, wave: group.wave };
  const after = {
    ...step,
    look: { ...seen, inventory },
    operation: { ...operation, at, partly: undefined, hooks: [...acted.hooks], notBefore: now },
  };
  if (acted.trouble) return troubled(step, { ...after, trouble: acted.trouble }, results, live, world);
  if (ends && !acted.isCut && !results.some(isFailure)) return finishOperation(after, { applied: acted.applied, results }, world);
  const recorded = { ...after, operation: withResults(after.operation, results) };
  if (results.some(isFailure)) return failAt(recorded, results, live, world);
  if (acted.isCut) return cutShort(step, recorded, { group, live, applied: acted.applied }, world);
  const usual = last ? 1 : (world.waveDelay ?? usualWaveDelay);
  // Acted on again, it waits since it was acted on first.
  const since = waitingFor === undefined ? undefined : operation.notBefore;
  const seconds = since === undefined ? usual : Math.max(usual, waitSince(since, now));
  return {
    kind: "running",
    operation: { ...recorded.operation, notBefore: since ?? now + seconds * 1000 },
    inventory,
    seconds,
    reason: `${group.phase}, wave ${group.wave}${waitingFor === undefined ? " is applied" : `: waiting for ${waitingFor}`}`,
  };
};

interface Cut {
  readonly group: Group;
  readonly live: LiveObjects;
  readonly applied: Acted["applied"];
}

/** The time was up: the operation stands where it stood, and its next step does the rest of this group. */
const cutShort = async (before: Step, after: Step, { group: { phase, wave }, live, applied }: Cut, world: SyncWorld): Promise<Outcome> => {
  const { at, notBefore } = before.operation;
  const place = { phase, wave };
  const late = overdue(after.subject.application, { ...after.operation, at: place }, "time for the rest of its objects", world.clock.now());
  if (late !== undefined) return expire(after, late, live, world);
  const { created, configured, deleted, unchanged } = after.operation.counts;
  return {
    kind: "running",
    operation: { ...after.operation, at, notBefore, partly: [...(before.operation.partly ?? []), ...differing(applied)] },
    inventory: after.look.inventory,
    seconds: 0,
    reason: `${phase}, wave ${wave}: ${created + configured + deleted + unchanged} objects are done, the rest follows`,
  };
};

interface Troubled extends Step {
  readonly trouble: Failure;
}

/**
 * Something ended the step before its time. An outage passes: with hooks, none of which may run twice, the operation stands where it stood, and acts
 * on this group again when the cluster is back, unless its deadline has passed; without, it has failed and another one does what is left. Other trouble
 * fails it, and SyncFail hooks run.
 */
const troubled = async (
  before: Step,
  { trouble, ...after }: Troubled,
  results: readonly ObjectResult[],
  live: LiveObjects,
  world: SyncWorld,
): Promise<Outcome> => {
  const operation = withResults(after.operation, results);
  if (!trouble.retry) return failAt({ ...after, operation }, results, live, world, trouble.message);
  if (!after.groups.some(({ hooks }) => hooks.length > 0)) {
    const failure = { reason: trouble.message, retry: "unlimited" as const };
    return failOperation({ ...after, operation: { ...after.operation, failure } }, world, results);
  }
  const late = overdue(after.subject.application, operation, passing(trouble), world.clock.now());
  if (late !== undefined) return expire({ ...after, operation }, late, live, world);
  const { at, partly } = before.operation;
  return {
    kind: "running",
    operation: { ...operation, at, partly },
    inventory: after.look.inventory,
    seconds: outagePause,
    reason: trouble.message,
  };
};
