import type { CustomHealth } from "../../health/check.ts";
import { type Settled, settled, settledHook } from "../../health/gate.ts";
import type { ObjectResult } from "../../model/operation.ts";
import { describeKey, formatKey } from "../../model/resource-key.ts";
import type { LiveObject } from "../../ports/cluster.ts";
import type { HookRecord } from "../../state/operations.ts";
import type { Applicable, Group, Prune } from "./groups.ts";
import { type HookTask, hookFinalizer, isRunOf } from "./hooks.ts";

/** What stands between a group and the next. `unfinished`: something of it is missing, so the group is acted on again. */
export type Gate =
  | { readonly state: "open" }
  | { readonly state: "closed"; readonly waitingFor: string }
  | { readonly state: "unfinished"; readonly waitingFor: string }
  | { readonly state: "failed"; readonly results: readonly ObjectResult[] };

/** `pending`: it begins when the object of an earlier run has gone. */
type HookGate = Gate | { readonly state: "pending"; readonly waitingFor: string };

/** What a gate looks at: live objects by formatted key, their health, and how this operation's hooks have ended so far. */
export interface Sight {
  readonly live: ReadonlyMap<string, LiveObject>;
  readonly custom?: CustomHealth | undefined;
  readonly hooks: readonly HookRecord[];
}

/**
 * Whether all that a group has begun is done: applied and healthy, completed, or gone. It has failed when its hooks are at rest, as in Argo CD: what
 * fails takes away those that are still at work.
 */
export const gateOf = (group: Group, sight: Sight): Gate => {
  const hooks = group.hooks.map((task) => hookGate(task, sight));
  const gates = [...hooks, ...group.changes.map((change) => changeGate(change, sight)), ...group.prune.map(pruneGate)];
  const failed = gates.flatMap((gate) => (gate.state === "failed" ? gate.results : []));
  const [atWork] = hooks.flatMap((gate) => (gate.state === "closed" ? [gate.waitingFor] : []));
  if (failed.length > 0 && atWork !== undefined) return { state: "closed", waitingFor: `${atWork}; then it fails: ${failed[0]?.message}` };
  if (failed.length > 0) return { state: "failed", results: failed };
  const unfinished = gates.find((gate) => gate.state === "unfinished");
  if (unfinished) return unfinished;
  const waits = gates.flatMap((gate) => (gate.state === "closed" || gate.state === "pending" ? [gate.waitingFor] : []));
  if (waits.length === 0) return { state: "open" };
  return { state: "closed", waitingFor: `${waits[0]}${waits.length > 1 ? `, and ${waits.length - 1} more` : ""}` };
};

const changeGate = ({ object }: Applicable, { live, custom }: Sight): Gate => {
  const found = live.get(formatKey(object.key));
  if (found?.state !== "found") return { state: "unfinished", waitingFor: `${describeKey(object.key)} to be there` };
  return gateBy(object.key, settled(found.object, custom));
};

/** Gone only when it is gone: what comes after may need its place. */
const pruneGate = ({ entry, live }: Prune): Gate => ({
  state: live.metadata.deletionTimestamp === undefined ? "unfinished" : "closed",
  waitingFor: `${describeKey(entry.key)} to be deleted`,
});

const hookGate = (task: HookTask, { live, custom, hooks }: Sight): HookGate => {
  const record = recordOf(task, hooks);
  if (record?.state === "succeeded") return { state: "open" };
  if (record?.state === "failed") return failedHook(task, record.message);
  const found = live.get(formatKey(task.key));
  if (found?.state !== "found" || !isRunOf(found.object, task)) {
    return record ? failedHook(task, "was deleted before it completed") : notBegun(task, found);
  }
  // Our finalizer keeps a Job that is cleared away (by its TTL, say) until its end was seen.
  const { deletionTimestamp, ...metadata } = found.object.metadata;
  const end = settledHook({ ...found.object, metadata: { ...metadata, name: found.object.metadata.name } }, custom);
  if (end.state === "waiting" && deletionTimestamp !== undefined) return failedHook(task, "was deleted before it completed");
  return end.state === "failed" ? failedHook(task, end.message) : gateBy(task.key, end);
};

/** Once our finalizer is off an object that is being deleted, there is nothing to do but to wait for those that hold it. */
const notBegun = ({ key }: HookTask, found: LiveObject | undefined): HookGate => {
  const earlier = found?.state === "found" ? found.object.metadata : undefined;
  const finalizers = earlier?.finalizers ?? [];
  if (earlier?.deletionTimestamp === undefined || finalizers.includes(hookFinalizer))
    return { state: "unfinished", waitingFor: `${describeKey(key)} to be created` };
  const holders = finalizers.length > 0 ? ` (held by ${finalizers.join(", ")})` : "";
  return { state: "pending", waitingFor: `${describeKey(key)} of an earlier run to be deleted${holders}` };
};

export const recordOf = (task: HookTask, hooks: readonly HookRecord[]): HookRecord | undefined =>
  hooks.find(({ key, phase }) => key === formatKey(task.key) && phase === task.phase);

const failedHook = (task: HookTask, message = "failed"): Gate => ({
  state: "failed",
  results: [{ key: task.key, action: "unknown", code: "SyncFailed", message: `${task.phase} hook ${describeKey(task.key)}: ${message}` }],
});

const gateBy = (key: HookTask["key"], end: Settled): Gate => {
  if (end.state === "done") return { state: "open" };
  if (end.state === "waiting") return { state: "closed", waitingFor: `${describeKey(key)} (${end.message})` };
  return { state: "failed", results: [{ key, action: "unknown", code: "SyncFailed", message: `${describeKey(key)}: ${end.message}` }] };
};

/** How the hooks of a group stand now: what has ended is remembered, for its object may go. */
export const watchHooks = (group: Pick<Group, "hooks">, sight: Sight): readonly HookRecord[] => {
  const seen = group.hooks.flatMap((task) => {
    const gate = hookGate(task, sight);
    if (gate.state === "unfinished" || gate.state === "pending") return [];
    const state = gate.state === "open" ? "succeeded" : gate.state === "failed" ? "failed" : "running";
    const message = gate.state === "failed" ? gate.results[0]?.message?.replace(/^[^:]*: /, "") : undefined;
    return [recordFor(task, state, message)];
  });
  const others = sight.hooks.filter(({ key, phase }) => !seen.some((each) => each.key === key && each.phase === phase));
  return [...others, ...seen];
};

export const recordFor = (task: HookTask, state: HookRecord["state"], message?: string): HookRecord => ({
  key: formatKey(task.key),
  apiVersion: task.manifest.apiVersion,
  phase: task.phase,
  policies: [...task.policies],
  state,
  ...(message !== undefined && { message: message.slice(0, 300) }),
});
