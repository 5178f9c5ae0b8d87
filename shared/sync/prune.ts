import { assertNever, Failure } from "../model/failure.ts";
import type { ObjectResult } from "../model/operation.ts";
import { describeKey } from "../model/resource-key.ts";
import type { Cluster, DeleteAnswer } from "../ports/cluster.ts";
import type { Lease } from "../state/leases.ts";
import type { Plan, PlannedChange } from "./plan.ts";

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

/** Deletes what the plan names, kind after kind in reverse order, each delete bound to the uid and resourceVersion that were looked at. */
export const pruneObjects = async (plan: Plan, cluster: Cluster, lease: Lease): Promise<readonly ObjectResult[]> => {
  const results: ObjectResult[] = [];
  for (const kind of Map.groupBy(plan.prune, ({ entry }) => entry.key.kind).values()) {
    await lease.keep();
    results.push(...(await Promise.all(kind.map((change) => pruneObject(change, cluster)))));
  }
  return results;
};

const pruneObject = async (change: Prune, cluster: Cluster): Promise<ObjectResult> => {
  const { uid, resourceVersion, at, entry } = change;
  const answer = await cluster.delete(at, { uid, resourceVersion, propagation: "Foreground" });
  return prunedAs(entry.key, answer);
};

const prunedAs = (key: Prune["entry"]["key"], answer: DeleteAnswer): ObjectResult => {
  switch (answer.state) {
    case "deleted":
    case "absent":
      return { key, action: "deleted", code: "Pruned" };
    case "conflict":
      return {
        key,
        action: "skipped",
        code: "SyncFailed",
        message: `${describeKey(key)} changed while it was to be deleted; looked at again`,
      };
    case "refused":
      return { key, action: "unknown", code: "SyncFailed", message: `${describeKey(key)}: ${answer.message}` };
    default:
      return assertNever(answer);
  }
};
