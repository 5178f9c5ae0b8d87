import { fieldManager } from "../../diff/field-manager.ts";
import { hasTrackingId, trackerOf } from "../../diff/tracking.ts";
import { applyDeclared } from "../../diff/undeclared-fields.ts";
import { Failure } from "../../model/failure.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ObjectResult } from "../../model/operation.ts";
import { describeKey, formatKey } from "../../model/resource-key.ts";
import type { Cluster, LiveObject, ObjectAddress } from "../../ports/cluster.ts";
import type { Lease } from "../../state/leases.ts";
import { type HookRecord, keyOfHook } from "../../state/operations.ts";
import { addressOf } from "../observe.ts";
import { type HookTask, hookFinalizer, isHook, isRunOf } from "./hooks.ts";

export interface HookContext {
  readonly cluster: Cluster;
  readonly lease: Lease;
  /** The Application, other than this one, that a live object belongs to; undefined where it is free. */
  readonly ownerOf: (live: Manifest) => string | undefined;
  /** Fields that the server does not know are an error; always, where nothing is said. */
  readonly validates?: (manifest: Manifest) => boolean;
}

/** `pending`: the object of an earlier run is still being deleted; the next step creates ours. */
export type HookStart = { readonly state: "started" | "pending" } | { readonly state: "refused"; readonly result: ObjectResult };

/** Writes that lost against somebody else's this often are tried again by the next step. */
const conflictsBorne = 5;

/** Creates a hook's object; that of an earlier run goes first where its policy says so. Done again, it finds what it created. */
export const startHook = async (task: HookTask, found: LiveObject | undefined, context: HookContext): Promise<HookStart> => {
  await context.lease.keep();
  const validate = context.validates?.(task.manifest) ?? true;
  if (found?.state === "forbidden") return refused(task, found.reason);
  if (found?.state === "found") {
    if (isRunOf(found.object, task)) return { state: "started" };
    const owner = context.ownerOf(found.object);
    if (owner !== undefined) return refused(task, `belongs to Application ${owner}`);
    const isReplaceable = (live: Manifest) => context.ownerOf(live) === undefined && isHooks(live);
    if (!isReplaceable(found.object)) return refused(task, strangers(context.lease.application));
    if (!task.policies.includes("BeforeHookCreation")) return applyOver(task, validate, context);
    await deleteHookObject(addressOf(task.key, task.manifest.apiVersion), context, isReplaceable);
  }
  const answer = await context.cluster.create(task.manifest, { fieldManager, validate });
  if (answer.state === "applied") return { state: "started" };
  return answer.state === "conflict" ? { state: "pending" } : refused(task, answer.message);
};

/** What some operation made; or, of an Argo CD that tracks by label and of Helm, what says of itself that it is a hook. */
const isHooks = (live: Manifest): boolean => trackerOf(live) !== undefined || (!hasTrackingId(live) && isHook(live));

const strangers = (application: string): string =>
  `an object of this name is there that no sync of ${application} created; it is left alone: delete it, or give the hook another name`;

/** Without BeforeHookCreation an object that is still there is used again, as Argo CD does. */
const applyOver = async (task: HookTask, validate: boolean, { cluster }: HookContext): Promise<HookStart> => {
  const answer = await applyDeclared(cluster, task.manifest, { fieldManager, force: true, validate });
  if (answer.state === "refused") return refused(task, answer.message);
  return { state: answer.state === "applied" ? "started" : "pending" };
};

const refused = (task: HookTask, message: string): HookStart => ({
  state: "refused",
  result: { key: task.key, action: "unknown", code: "SyncFailed", message: `${task.phase} hook ${describeKey(task.key)}: ${message}` },
});

/** Deletes the objects of hooks that have ended as their policies say, and lets go of the others: nothing of ours holds them any more. */
export const settleHooks = async (
  hooks: readonly HookRecord[],
  ended: "succeeded" | "failed",
  context: DeletionContext,
): Promise<readonly HookRecord[]> => {
  const policy = ended === "succeeded" ? "HookSucceeded" : "HookFailed";
  const deleted: HookRecord[] = [];
  for (const hook of hooks) {
    const key = keyOfHook(hook);
    if (!key) continue;
    const at = addressOf(key, hook.apiVersion);
    if (hook.policies.includes(policy) || hook.state === "running") {
      await deleteHookObject(at, context);
      deleted.push(hook);
    } else await release(at, context);
  }
  return deleted;
};

type DeletionContext = Pick<HookContext, "cluster" | "lease">;

/** What its tracking id names as ours. Whatever else has the name of a hook by now is somebody else's. */
const isTrackedBy =
  ({ application }: Lease) =>
  (live: Manifest) =>
    trackerOf(live) === application;

/** Without our finalizer first, or it would never go. */
export const deleteHookObject = async (
  at: ObjectAddress,
  context: DeletionContext,
  mayDelete: (live: Manifest) => boolean = isTrackedBy(context.lease),
): Promise<void> => {
  for (let conflicts = 0; conflicts < conflictsBorne; conflicts++) {
    const live = await release(at, context, mayDelete);
    const { uid } = live?.metadata ?? {};
    if (live === undefined || uid === undefined || !mayDelete(live)) return;
    const answer = await context.cluster.delete(at, { uid, propagation: "Background" });
    if (answer.state !== "conflict") return;
  }
};

/** Takes our finalizer away, unless another Application holds the object; answers the object as it then stands, undefined when it is gone. */
const release = async (
  at: ObjectAddress,
  { cluster, lease }: DeletionContext,
  isOurs: (live: Manifest) => boolean = isTrackedBy(lease),
): Promise<Manifest | undefined> => {
  for (let conflicts = 0; conflicts < conflictsBorne; conflicts++) {
    await lease.keep();
    const found = await cluster.get(at);
    if (found.state !== "found") return undefined;
    const { finalizers = [], resourceVersion = "" } = found.object.metadata;
    const isTheirs = trackerOf(found.object) !== undefined && !isOurs(found.object);
    if (isTheirs || !finalizers.includes(hookFinalizer)) return found.object;
    const value = finalizers.filter((finalizer) => finalizer !== hookFinalizer);
    const patch = [{ op: "replace", path: "/metadata/finalizers", value } as const];
    const answer = await cluster.patch(at, patch, { fieldManager, resourceVersion });
    if (answer.state === "applied") return answer.object;
    if (answer.state === "refused" && answer.reason !== "Invalid" && answer.reason !== "NotFound")
      throw new Failure("ApplyRefused", at.name, `${at.kind} ${at.name} keeps our finalizer: ${answer.message}`);
  }
  throw new Failure("Conflict", at.name, `${at.kind} ${at.name} was changed by somebody else ${conflictsBorne} times`);
};

/** Live objects of hooks, read one by one: there are few. */
export const observeHooks = async (tasks: readonly HookTask[], cluster: Cluster): Promise<ReadonlyMap<string, LiveObject>> =>
  new Map(
    await Promise.all(
      tasks.map(async ({ key, manifest }) => [formatKey(key), await cluster.get(addressOf(key, manifest.apiVersion))] as const),
    ),
  );
