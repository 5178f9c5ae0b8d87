import { Failure } from "../model/failure.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { childrenOf } from "../state/listed-applications.ts";
import type { Operation } from "../state/operations.ts";
import { contestedUntil, onlyLeftOver } from "./contested.ts";
import { type Look, lookAt, type SyncSubject } from "./look.ts";
import { type MayAct, mayAct } from "./may-sync.ts";
import { createNamespace } from "./namespace.ts";
import { beginOperation } from "./operation/begin.ts";
import { byPlace, type Group, groupsOf, hasWork, pruneWavesOf } from "./operation/groups.ts";
import { settleHooks } from "./operation/hook-objects.ts";
import { hookTasks } from "./operation/hooks.ts";
import { placeOf } from "./operation/moved.ts";
import { takeStep } from "./operation/take-step.ts";
import type { Outcome } from "./outcome.ts";
import { isExtraneous, withoutExtraneous } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";
import { checkPrune } from "./prune.ts";
import { compared, heldUp } from "./results.ts";

/** What earlier steps left: the operation that goes on, or one that a newer revision takes the place of. */
export interface Earlier {
  readonly operation?: Operation | undefined;
  readonly superseded?: Operation | undefined;
}

/**
 * Observe, plan, act: one step of an operation on one Application's objects. What prevents it is thrown; what happens once it has begun is in the
 * outcome, with all that was done until then.
 */
export const attemptSync = async (subject: SyncSubject, { operation: before, superseded }: Earlier, world: SyncWorld): Promise<Outcome> => {
  const { output } = subject;
  const now = world.clock.now();
  const seen = await lookAt(subject, before?.startedAt ?? now, world);
  if (superseded) await abandon(superseded, subject, seen);
  if (!before) await checkBeginning(subject, seen, world);
  const may = await mayAct(subject, seen, before, world);
  if (!may.act)
    return before ? heldUp(before, seen, may, now) : compared(seen, { ...may, again: may.again ?? untilContested(subject, seen, now) });
  const look = narrowed(seen, may.only, subject.state);
  const creates = !before && look.options.createNamespace;
  const made = creates ? await createNamespace(subject.application, subject.manifests, look.context.cluster) : undefined;
  const operation =
    before ??
    beginOperation(subject.state, {
      output,
      place: placeOf(subject.state, subject.application),
      healing: may.healing,
      now,
      pruneWaves: pruneWavesOf(look.plan),
    });
  const groups = groupsFor(subject, look, operation, may.hooks);
  return takeStep({ subject, look, groups, operation, underWay: before !== undefined && before.tried === undefined, made }, world);
};

const narrowed = (look: Look, only: Extract<MayAct, { act: true }>["only"], state: ApplicationState): Look => {
  if (only === "left over") return onlyLeftOver(look, state);
  return only === "out of sync" && look.plan.prune.some(isExtraneous) ? { ...look, plan: withoutExtraneous(look.plan) } : look;
};

/** Where this revision was synced but for what others have. */
const untilContested = (subject: SyncSubject, look: Look, now: number): number | undefined =>
  subject.state.syncedOutput === subject.output ? contestedUntil(subject, look, now) : undefined;

/** Self-heal brings back what drifted, a selection what was asked for: they wait for nothing that did not move (as Argo CD's code has it). */
const groupsFor = (
  { application, state, request }: SyncSubject,
  look: Look,
  operation: Operation,
  withHooks: boolean,
): readonly Group[] => {
  const { startedAt, id, at, healing } = operation;
  const run = {
    application: application.name,
    operation: id,
    revision: operation.revision ?? state.revisions[0]?.sha ?? "",
    startedAt,
    tracking: look.tracking,
  };
  const hooks = withHooks ? hookTasks(look.desired.hooks, run).filter(({ phase }) => phase !== "PreDelete" && phase !== "PostDelete") : [];
  const pruneLast: Parameters<typeof groupsOf>[0]["pruneLast"] = ({ live }) => look.rules.optionsOf(live).pruneLast;
  const groups = groupsOf({ plan: look.plan, hooks, pruneLast, pruneWaves: operation.pruneWaves });
  const isSelective = healing || request?.resources !== undefined;
  return isSelective ? groups.filter((group) => hasWork(group) || (at && byPlace(group, at) === 0)) : groups;
};

/** A newer revision does not wait for the hooks of an older one. */
const abandon = async ({ hooks }: Operation, { lease }: SyncSubject, { context }: Look): Promise<void> => {
  await settleHooks(hooks, "failed", { cluster: context.cluster, lease });
};

/** What must not even begin. */
const checkBeginning = async (subject: SyncSubject, look: Look, world: SyncWorld): Promise<void> => {
  const { desired, declared, plan, options, rules } = look;
  if (rules.prune && desired.objects.length + declared.length === 0 && subject.request?.resources === undefined)
    await refuseToEmpty(subject, look, world);
  const shared = plan.kept.find(({ because }) => because === "owned by another Application");
  if (shared && options.failOnSharedResource)
    throw new Failure("ApplyRefused", subject.application.name, `${shared.detail}, and FailOnSharedResource=true keeps all the rest back`);
};

/** Applications that it declared are lost by an empty render as objects are. */
const refuseToEmpty = async ({ application }: SyncSubject, { managed }: Look, { table }: SyncWorld): Promise<void> => {
  const children = await childrenOf(table, application.name);
  const allowEmpty = application.syncPolicy.automated?.allowEmpty ?? false;
  const objects = [...managed.values()].filter(({ hook }) => !hook).length;
  checkPrune({ application: application.name, desired: 0, owned: objects + children.length, allowEmpty });
};
