/**
 * The sync stage: brings an Application's live state to its desired state. A message names the Application; everything else is read anew:
 * what Git wants from the state item and the artifact store, what is from the cluster, what we own from the inventory.
 */

import { skipsReconcile } from "../argocd/skip-reconcile.ts";
import type { Application } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import { connectActing } from "../policy/acting-cluster.ts";
import { supersedes } from "../policy/supersede.ts";
import type { Clusters } from "../ports/cluster.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { isDirty, readState } from "../state/application-state.ts";
import { readApplication } from "../state/applications.ts";
import { forgetItems } from "../state/forgetting.ts";
import { dueShardOf, dueShards } from "../state/items.ts";
import { acquireLease, type Lease, leaseTimes } from "../state/leases.ts";
import type { SyncMessage } from "../state/messages.ts";
import type { Operation } from "../state/operations.ts";
import { wantedManifests } from "./asked-revision.ts";
import { attemptSync } from "./attempt.ts";
import { renderedManifests } from "./desired-manifests.ts";
import { checkHealth, isSettling } from "./health-check.ts";
import { keptClusters, keptRegistry } from "./kept-clusters.ts";
import { lateWrites } from "./late-writes.ts";
import { leaveSettling, leftAlone } from "./left-alone.ts";
import { waitsTooLong, withoutCluster } from "./operation/away.ts";
import { operationUnderWay } from "./operation/begin.ts";
import { overdue, passing } from "./operation/deadline.ts";
import { settleHooks } from "./operation/hook-objects.ts";
import { standingOperation } from "./operation/left-behind.ts";
import { endMoved } from "./operation/moved.ts";
import { clusterOf, letGo, terminate } from "./operation/terminate.ts";
import { type NextStep, type Outcome, outagePause } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";
import { recordOutcome } from "./record.ts";
import { removeObjects } from "./removal.ts";
import { standsInEpoch } from "./renewed.ts";
import { type StepTime, stepTime } from "./step-time.ts";
import { tellForgotten } from "./tell-forgotten.ts";

const done: NextStep = { done: true };

/** One step of bringing an Application's live state to its desired state. Runs again, from what it finds, until nothing is open. */
export async function syncApplication(message: SyncMessage, world: SyncWorld): Promise<NextStep> {
  const name = message.application;
  const [state, application] = await Promise.all([readState(world.table, name), readApplication(world.table, name)]);
  if (!state || (!application && !state.forgetting)) return done;
  const open = !application || isOpen(state, message, world.clock.now());
  if (application && !open && !isSettling(state)) return done;
  if (application && !open && skipsReconcile(application)) return leaveSettling(name, state, world);
  if (open && isEarly(state, message, world.clock.now())) return done;
  if (application && open && !skipsReconcile(application) && !state.forgetting && !(await standsInEpoch(application, state, world)))
    return done;
  const work = async (reach: Reach): Promise<NextStep> =>
    application && !open
      ? checkHealth(application, state, { ...world, clusters: reach(world.clusters) })
      : takeStep({ message, state, application, reach }, world);
  return needsNoCluster(state, application) ? work((clusters) => clusters) : inTurn({ message, state, application }, work, world);
}

/** How a step comes to its clusters: each call waits for its turn. */
type Reach = (clusters: Clusters) => Clusters;

/**
 * Where there is no room at the cluster, or it is away, nothing is begun: the message comes back, or the sweeper sends another. An operation may come
 * to its deadline meanwhile.
 */
const inTurn = async (
  { message, state, application }: Omit<StepSubject, "reach">,
  work: (reach: Reach) => Promise<NextStep>,
  world: SyncWorld,
): Promise<NextStep> => {
  const { cluster, project } = state;
  const turn = await world.turns.enter({ cluster, project, waits: message.waits });
  if (turn.state === "wait" && turn.away !== undefined && (await waitsTooLong(application, state, world)))
    return work(withoutCluster(cluster, turn.away));
  if (turn.state === "wait")
    return turn.waits ? { done: false, again: { ...message, waits: turn.waits }, seconds: turn.seconds, group: project } : done;
  try {
    return await work(turn.reach);
  } finally {
    await turn.leave();
  }
};

/** What is told or forgotten needs no cluster, and does not wait for one that may be gone for good. */
const needsNoCluster = (state: ApplicationState, application: Application | undefined): boolean =>
  !application || state.forgetting || state.removal === "forget" || state.terminate !== undefined || state.sourceError !== undefined;

interface StepSubject {
  readonly message: SyncMessage;
  readonly state: ApplicationState;
  readonly application: Application | undefined;
  readonly reach: Reach;
}

const takeStep = async ({ message, state, application, reach }: StepSubject, world: SyncWorld): Promise<NextStep> => {
  const name = message.application;
  const request = { application: name, owner: world.newName(), saw: message.saw, elapsed: world.clock.elapsed };
  const acquired = await acquireLease(world.table, request, state);
  if (acquired.state === "gone") return done;
  if (acquired.state === "held") return lookAgain(name, acquired.saw, state.project);

  const { lease, read } = acquired;
  const startedAt = world.clock.now();
  const time = stepTime(world.clock, world.stepTime);
  try {
    // Whoever was forgetting it died at it: edges and declaration are gone, the rest follows.
    if (!application) return await tellForgotten({ name, project: state.project }, await forgetItems(world.table, lease, startedAt), world);
    // Within the turn: a lease may be lost while a call waits for it.
    const late = lateWrites(application, lease, world);
    const kept = {
      ...world,
      clusters: reach(keptClusters(world.clusters, lease, late)),
      registry: keptRegistry(world.registry, lease, late),
    };
    const takenOver = state.owner !== undefined;
    const outcome = await attempt({ application, state: read, lease, time, takenOver }, kept);
    return await recordOutcome({ application, read, lease, outcome, startedAt, takenOver }, world);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "LeaseLost") throw error;
    // Whoever took over does the rest.
    world.journal.tell("lease-lost", { application: name, reason: error.message });
    return done;
  }
};

/** A wish nobody has served yet, an operation under way, a holder who may have died, or a failed one whose time to be tried again has come. */
const isOpen = (state: ApplicationState, { at: told }: SyncMessage, now: number): boolean =>
  isDirty(state) ||
  state.phase === "Running" ||
  state.owner !== undefined ||
  [state.retryAt, state.againAt].some((at) => at !== undefined && (at === told || at <= now + 1_000));

/** The next step of an operation or a removal has a message of its own; another one for the same wish must not shorten the wait. */
const isEarly = ({ phase, step, desiredGeneration }: ApplicationState, { at: told }: SyncMessage, now: number): boolean =>
  (phase === "Running" || phase === "Terminating") &&
  step !== undefined &&
  step.generation === desiredGeneration &&
  step.at !== told &&
  now < step.at - 250;

/** The holder will see the newer generation; look again a lease time later in case it died. */
const lookAgain = (application: string, saw: { readonly fence: number; readonly beat: number }, group: string): NextStep => ({
  done: false,
  again: { v: 1, application, saw },
  seconds: (leaseTimes.length + leaseTimes.margin) / 1000,
  group,
});

interface Attempt {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly lease: Lease;
  readonly time: StepTime;
  /** Its last holder died. */
  readonly takenOver: boolean;
}

const forgotten = async ({ application, state, lease, takenOver }: Attempt, world: SyncWorld): Promise<Outcome> => {
  const operation = await standingOperation({ application, state, takenOver }, world);
  await letGo({ application, state, lease, operation }, world);
  return { kind: "removed" };
};

const attempt = async (given: Attempt, world: SyncWorld): Promise<Outcome> => {
  const { application, state, lease, time } = given;
  let operation: Operation | undefined;
  try {
    // Its objects and hooks have had their turn, and what knew of them is being deleted.
    if (state.forgetting) return { kind: "removed" };
    if (state.removal === "forget") return await forgotten(given, world);
    if (skipsReconcile(application))
      return leftAlone(state, await operationUnderWay(application.name, state, given.takenOver, world), world.clock.now());
    if (state.removal === "cascade") return await removeObjects({ application, state, lease, time }, world);
    operation = await standingOperation(given, world);
    // One that comes when there is nothing to end any more is cleared by whatever comes next.
    if (state.terminate !== undefined && (operation || state.phase === "Failed"))
      return await terminate({ application, state, lease, operation, by: state.terminate }, world);
    return (await endMoved({ application, state, lease, operation }, world)) ?? (await syncWith(operation, given, world));
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "LeaseLost") throw error;
    // Begun in this very step, before the trouble came.
    if (error.retry) operation ??= await operationUnderWay(application.name, state, true, world);
    // Its hooks may be at work, and its waves are applied: it goes on when the other side is back, or ends at its deadline without.
    const notWithin = askedOf(error, application.name);
    const late = operation && error.retry ? overdue(application, operation, passing(error), world.clock.now()) : undefined;
    if (operation && error.retry && late === undefined)
      return { kind: "running", operation, seconds: Math.max(outagePause, notWithin), reason: error.message };
    if (operation) await clearAway(given, operation, world);
    const standing = late === undefined ? undefined : operation?.failure;
    return {
      kind: "failed",
      reason: standing?.reason ?? late ?? error.message,
      retry: standing?.retry ?? (error.retry ? "unlimited" : "limited"),
      notWithin,
      results: [],
      ...(operation && { operation }),
    };
  }
};

/** What the other side asked for, up to half as much longer: those whom it asked the same do not come back together. Seconds. */
const askedOf = ({ retryAfter = 0 }: Failure, application: string): number =>
  Math.ceil(retryAfter * (1 + dueShardOf(application) / (2 * dueShards)));

/** As far as it can be: the operation has failed, whatever becomes of its hooks. */
const clearAway = async ({ application, state, lease }: Attempt, operation: Operation, world: SyncWorld): Promise<void> => {
  const { hooks } = operation;
  try {
    if (hooks.length > 0)
      await settleHooks(hooks, "failed", { cluster: await connectActing(application, clusterOf(operation, state), world), lease });
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "LeaseLost") throw error;
    world.journal.tell("hooks-left", { application: application.name, reason: error.message });
  }
};

/**
 * A newer revision takes an operation's place between two of its steps, as soon as it is rendered, but not while a hook of it runs: that may be a
 * migration in the middle of its tables. Until then, and if the revision is broken, the operation goes on.
 */
const syncWith = async (operation: Operation | undefined, subject: Attempt, world: SyncWorld): Promise<Outcome> => {
  const desired = await wantedManifests(subject, operation, world);
  const request = operation ? operation.request : subject.state.requested;
  const isNewer = desired.kind === "manifests" && (!operation || isSuperseded(operation, desired.output, subject));
  if (operation && !isNewer) {
    const isSame = desired.kind === "manifests" && desired.output === operation.output;
    const manifests = isSame ? desired : await renderedManifests(operation.output, world);
    return attemptSync({ ...subject, ...manifests, request }, { operation }, world);
  }
  if (desired.kind !== "manifests") return desired;
  if (operation) world.journal.tell("superseded", { application: subject.application.name, operation: operation.id });
  return attemptSync({ ...subject, ...desired, request: subject.state.requested }, { superseded: operation }, world);
};

/** On the Application: "false" lets every operation come to its end before a newer revision begins. */
const supersedeAnnotation = "fairlead.dev/supersede";

const isSuperseded = ({ output, hooks, request }: Operation, wanted: string, { application, state: { requested } }: Attempt): boolean => {
  if (application.annotations[supersedeAnnotation] === "false") return false;
  const wait = hooks.some(({ state }) => state === "running") ? ("hook" as const) : ("waiting" as const);
  return supersedes({ attempted: output, wait, request }, { wanted, request: requested }).supersedes;
};
