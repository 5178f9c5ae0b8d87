import { Failure } from "../model/failure.ts";
import type { ObjectResult } from "../model/operation.ts";
import { describeKey, formatKey } from "../model/resource-key.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { Lease } from "../state/leases.ts";
import { type PlannedChange, planRemoval, type RemovalInput } from "./plan.ts";
import type { StepTime } from "./step-time.ts";

type Prune = Extract<PlannedChange, { kind: "prune" }>;

/** Refuses what would empty an Application by accident: a deleted path, a broken filter, an empty chart. */
export const checkPrune = (input: {
  readonly application: string;
  readonly desired: number;
  readonly owned: number;
  readonly allowEmpty: boolean;
}): void => {
  if (input.desired > 0 || input.owned === 0 || input.allowEmpty) return;
  throw new Failure(
    "PruneRefused",
    input.application,
    `the sources of ${input.application} render no objects, which would delete all ${input.owned} that it owns; ` +
      "if that is meant, set spec.syncPolicy.automated.allowEmpty: true",
  );
};

export interface PruneContext {
  readonly cluster: Cluster;
  readonly lease: Lease;
  readonly time: StepTime;
  /** What decides about an object that moved since it was looked at. */
  readonly rules: Omit<RemovalInput, "live">;
}

/** Controllers write status all the time; after this many lost races the operation is tried again later. */
const conflictsBorne = 5;
/** More than the cluster's connection takes at once. */
const width = 64;

export interface Pruned {
  readonly results: readonly ObjectResult[];
  /** What ended it before its time, such as a cluster that went away; what was deleted before is gone. */
  readonly trouble?: Failure;
  /** The step's time was up: the rest was not begun. */
  readonly isCut?: boolean;
}

/** Deletes what a plan names, kind after kind as they come, each delete bound to the uid and resourceVersion that were looked at. Throws LeaseLost. */
export const pruneObjects = async (prunes: readonly Prune[], context: PruneContext): Promise<Pruned> => {
  const done: ObjectResult[] = [];
  try {
    for (const kind of Map.groupBy(prunes, ({ entry }) => `${entry.key.group}/${entry.key.kind}`).values()) {
      const before = done.length;
      const work = async (change: Prune) => {
        await context.lease.keep();
        const one = await pruneObject(change, context);
        done.push(one);
        return one;
      };
      const results = await sideBySide(kind, width, work, context.time.mayBegin);
      done.splice(before, results.length, ...results);
      if (results.length < kind.length) return { results: done, isCut: true };
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "LeaseLost") throw error;
    return { results: done, trouble: error };
  }
  return { results: done };
};

/** Where the object moved since it was looked at, it is looked at again: it may be somebody else's by now, or have been asked to stay. */
const pruneObject = async (change: Prune, { cluster, rules }: PruneContext): Promise<ObjectResult> => {
  const { entry } = change;
  const { key } = entry;
  const gone: ObjectResult = { key, action: "deleted", code: "Pruned" };
  let next = change;
  for (let conflicts = 0; conflicts < conflictsBorne; conflicts++) {
    const { uid, resourceVersion, at, live: object } = next;
    const { propagation } = rules.optionsOf(object);
    const answer = await cluster.delete(at, { uid, resourceVersion, propagation });
    if (answer.state === "refused")
      return { key, action: "unknown", code: "SyncFailed", message: `${describeKey(key)}: ${answer.message}` };
    if (answer.state !== "conflict") return gone;
    const live = new Map([[formatKey(key), await cluster.get(at)]]);
    const again = planRemoval(entry, { ...rules, live });
    if (again === undefined) return gone;
    if (again.kind === "keep") return { key, action: "skipped", code: "PruneSkipped", message: again.detail };
    next = again;
  }
  return {
    key,
    action: "unknown",
    code: "SyncFailed",
    message: `${describeKey(key)} was changed by somebody else ${conflictsBorne} times while it was to be deleted; it is tried again later`,
  };
};
