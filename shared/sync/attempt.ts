import { hasSyncOption } from "../model/application.ts";
import { childrenOf } from "../state/applications.ts";
import type { Operation } from "../state/operations.ts";
import { type Look, lookAt, type SyncSubject } from "./look.ts";
import { createNamespace } from "./namespace.ts";
import { beginOperation } from "./operation/begin.ts";
import { byPlace, type Group, groupsOf, hasWork } from "./operation/groups.ts";
import { settleHooks } from "./operation/hook-objects.ts";
import { hookTasks } from "./operation/hooks.ts";
import { takeStep } from "./operation/take-step.ts";
import type { Outcome } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";
import { checkPrune } from "./prune.ts";
import { compared } from "./results.ts";

/** What earlier steps left: the operation that goes on, or one that a newer revision takes the place of. */
export interface Earlier {
  readonly operation?: Operation | undefined;
  readonly superseded?: Operation | undefined;
}

/**
 * Observe, plan, act: one step of an operation on one Application's objects. What prevents it is thrown; what happens once it has begun is in the
 * outcome, with all that was done until then.
 */
export const attemptSync = async (subject: SyncSubject, earlier: Earlier, world: SyncWorld): Promise<Outcome> => {
  const { application, output } = subject;
  const look = await lookAt(subject, world);
  if (earlier.superseded) await abandon(earlier.superseded, subject, look);
  if (!earlier.operation && !mayAct(subject)) return compared(look.plan);
  if (look.prune && look.desired.objects.length + look.declared.length === 0) await refuseToEmpty(subject, look, world);
  if (!earlier.operation && hasSyncOption(application.syncPolicy.syncOptions, "CreateNamespace"))
    await createNamespace(application, subject.manifests, look.context.cluster);
  const operation = earlier.operation ?? beginOperation(subject.state, output, world.clock.now());
  const groups = groupsFor(subject, look, operation);
  return takeStep({ subject, look, groups, operation, underWay: earlier.operation !== undefined }, world);
};

/** Self-heal brings back what drifted, without hooks, and waits for nothing that did not move (as Argo CD's code has it). */
const groupsFor = ({ application, state }: SyncSubject, { plan, desired }: Look, operation: Operation): readonly Group[] => {
  const healing = isSelfHeal(state);
  const { startedAt, id, at } = operation;
  const run = { application: application.name, operation: id, revision: state.revisions[0]?.sha ?? "", startedAt };
  const hooks = healing ? [] : hookTasks(desired.hooks, run).filter(({ phase }) => phase !== "PreDelete" && phase !== "PostDelete");
  const groups = groupsOf({ plan, hooks, pruneLast: () => hasSyncOption(application.syncPolicy.syncOptions, "PruneLast") });
  return healing ? groups.filter((group) => hasWork(group) || (at && byPlace(group, at) === 0)) : groups;
};

const isSelfHeal = (state: SyncSubject["state"]): boolean =>
  state.drifted === true && state.requested === undefined && state.input === state.syncedInput;

/** A newer revision does not wait for the hooks of an older one. */
const abandon = async ({ hooks }: Operation, { lease }: SyncSubject, { context }: Look): Promise<void> => {
  const { cluster, ownerOf } = context;
  await settleHooks(hooks, "failed", { cluster, ownerOf, lease });
};

/** Applications that it declared are lost by an empty render as objects are. */
const refuseToEmpty = async ({ application }: SyncSubject, { inventory }: Look, { table }: SyncWorld): Promise<void> => {
  const children = await childrenOf(table, application.name);
  const allowEmpty = application.syncPolicy.automated?.allowEmpty ?? false;
  const objects = [...inventory.values()].filter(({ hook }) => !hook).length;
  checkPrune({ application: application.name, desired: 0, owned: objects + children.length, allowEmpty });
};

/** Automated: always, but for drift only where self-heal is on. Manual: when somebody asked. */
const mayAct = ({ application, state }: SyncSubject): boolean => {
  if (state.requested) return true;
  const { automated } = application.syncPolicy;
  if (!automated) return false;
  return !state.drifted || automated.selfHeal || state.input !== state.syncedInput;
};
