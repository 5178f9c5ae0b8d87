import { applicationHealth } from "../../health/application-health.ts";
import { Failure } from "../../model/failure.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { ObjectResult } from "../../model/operation.ts";
import { formatKey } from "../../model/resource-key.ts";
import { type HookRecord, keyOfHook, type Operation } from "../../state/operations.ts";
import { type Applied, standing } from "../apply.ts";
import { contestedUntil } from "../contested.ts";
import type { Look } from "../look.ts";
import { isFailure, type Outcome, outagePause } from "../outcome.ts";
import { ownedAfter } from "../owned.ts";
import { differing } from "../plan.ts";
import type { SyncWorld } from "../ports.ts";
import { keptResults, registryNotes, warningsOf } from "../results.ts";
import { heldByRequest, rollbackInForce, rollbackReason } from "../rollback.ts";
import { withResults } from "./begin.ts";
import { overdue, passing } from "./deadline.ts";
import { settleHooks } from "./hook-objects.ts";
import type { Step } from "./take-step.ts";

/** What the step that ends an operation did itself. */
export interface LastActs {
  readonly applied: readonly Applied[];
  readonly results: readonly ObjectResult[];
}

export const nothingMore: LastActs = { applied: [], results: [] };

/** All groups are done: what goes to the registry goes there, hooks are cleared away, and the Application is judged. */
export const finishOperation = async (step: Step, { applied, results: done }: LastActs, world: SyncWorld): Promise<Outcome> => {
  const { subject, look, operation } = step;
  const { application } = subject;
  const registered = await world.registry.apply({
    parent: application,
    manifests: look.declared,
    prune: look.rules.prune,
    approval: subject.state.approval,
    digest: subject.output,
  });
  const deleted = await settle(step, "succeeded");
  const others = untouched(step, applied);
  const { created, configured, unchanged } = operation.counts;
  const uncounted = others.slice(created + configured + unchanged).map(({ result }) => result);
  const results = [...done, ...hookResults(operation), ...uncounted, ...keptResults(look.plan), ...registered.results];
  const inventory = ownedAfter(look.inventory, look.plan, [...applied, ...others], []);
  const known = {
    results,
    operation,
    inventory: withoutHooks(inventory, deleted, step),
    output: subject.output,
    ...awaited(registered.awaiting, look),
  };
  const bad = results.find(isFailure);
  if (bad) return { kind: "failed", reason: bad.message ?? "an object failed", retry: "limited", ...known };
  const live = [...applied, ...others].flatMap(({ live: object }) => (object ? [object] : []));
  const rollback = heldByRequest(subject.state, operation, subject.output) ?? rollbackInForce(subject.state);
  const health = applicationHealth(live, application.name, 0, look.health);
  const again = contestedUntil(subject, look, world.clock.now());
  return {
    kind: "applied",
    syncStatus: differing(look.plan).length > 0 || look.isPartial || rollback ? "OutOfSync" : "Synced",
    health: health.status,
    ...reasonAfter(rollback && rollbackReason(rollback), health.message),
    ...(look.isPartial && { partial: true }),
    ...(again !== undefined && { again }),
    contested: look.contested,
    warnings: [
      ...warningsOf(look.desired, application),
      ...new Set(live.flatMap(look.context.unfit)),
      ...subject.warnings,
      ...registryNotes(registered.results),
    ],
    ...known,
  };
};

/** Hooks that ran stand in the record of what was done, by phase and end. */
const hookResults = ({ hooks }: Operation): readonly ObjectResult[] =>
  hooks.flatMap((hook) => {
    const key = keyOfHook(hook);
    if (!key || hook.state === "failed") return [];
    return [{ key, action: "created", code: "Synced", message: `${hook.phase} hook, ${hook.state}` } as const];
  });

const reasonAfter = (...reasons: readonly (string | undefined)[]) => {
  const healthReason = reasons.find((reason) => reason !== undefined);
  return healthReason === undefined ? {} : { healthReason };
};

/** What waits for a person's yes: the registry's mass removal, else objects that ask for one before they are deleted. */
const awaited = (registry: string | undefined, { plan }: Look): { readonly awaiting?: string } => {
  const unconfirmed = plan.kept.filter(({ because }) => because === "unconfirmed");
  const more = unconfirmed.length > 1 ? `, and ${unconfirmed.length - 1} more` : "";
  const awaiting = registry ?? (unconfirmed[0] && `${unconfirmed[0].detail}${more}`);
  return awaiting === undefined ? {} : { awaiting };
};

/** Ends with the reason that stands in the operation. */
export const failOperation = async (step: Step, world: SyncWorld, results: readonly ObjectResult[] = []): Promise<Outcome> => {
  const { application } = step.subject;
  const failure = step.operation.failure ?? { reason: "an object failed", retry: "limited" as const };
  const { reason, retry } = failure;
  let deleted: readonly HookRecord[] = [];
  try {
    deleted = await settle(step, "failed");
  } catch (error) {
    if (!(error instanceof Failure) || !error.retry || error.code === "LeaseLost") throw error;
    if (overdue(application, { ...step.operation, failure }, passing(error), world.clock.now()) === undefined)
      return stillFailing(step, failure, results, error);
    world.journal.tell("hooks-left", { application: application.name, reason: error.message });
  }
  return {
    kind: "failed",
    reason,
    retry,
    results: [...results, ...hookResults(step.operation), ...keptResults(step.look.plan)],
    operation: step.operation,
    inventory: withoutHooks(step.look.inventory, deleted, step),
    output: step.subject.output,
  };
};

/** The cluster went away before its hooks were cleared away: the operation ends when that is done, or at its deadline. How it ends stands already. */
const stillFailing = (
  { operation, look: { inventory } }: Step,
  failure: NonNullable<Operation["failure"]>,
  results: readonly ObjectResult[],
  { message }: Failure,
): Outcome => ({
  kind: "running",
  operation: { ...withResults(operation, results), failure },
  inventory,
  seconds: outagePause,
  reason: `${failure.reason}; its hooks are cleared away when the cluster is back: ${message}`,
});

const settle = ({ subject, look, operation }: Step, ended: "succeeded" | "failed"): Promise<readonly HookRecord[]> => {
  return settleHooks(operation.hooks, ended, { cluster: look.context.cluster, lease: subject.lease });
};

/** Hooks of earlier operations that may still be there, by names of their own (generateName) that no later run takes. Nothing of ours holds them. */
const earlierHooksKept = 20;

/** Without hooks that were deleted now, or are gone since they ran, and without all but the newest of earlier operations. */
const withoutHooks = (inventory: Inventory, deleted: readonly HookRecord[], { operation, groups, look }: Step): Inventory => {
  const gone = new Set(deleted.map(({ key }) => key));
  const own = new Set([...operation.hooks.map(({ key }) => key), ...groups.flatMap(({ hooks }) => hooks.map(({ key }) => formatKey(key)))]);
  const earlier = [...inventory].flatMap(([key, { hook }]) => (hook && !own.has(key) ? [key] : []));
  const left = earlier.filter((key) => look.live.get(key)?.state !== "absent").slice(-earlierHooksKept);
  const dropped = new Set([...gone, ...earlier]).difference(new Set(left));
  return dropped.size === 0 ? inventory : new Map([...inventory].filter(([key]) => !dropped.has(key)));
};

/** What this step had nothing to do for: as it stood when the step looked. */
const untouched = ({ look }: Step, applied: readonly Applied[]): readonly Applied[] => {
  const touched = new Set(applied.map(({ result }) => formatKey(result.key)));
  return look.plan.waves.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      change.kind === "unchanged" && !touched.has(formatKey(change.object.key)) ? [standing(change, look.context)] : [],
    ),
  );
};
