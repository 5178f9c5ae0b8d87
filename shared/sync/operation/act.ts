import { Failure } from "../../model/failure.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ObjectResult } from "../../model/operation.ts";
import { formatKey } from "../../model/resource-key.ts";
import { sideBySide } from "../../model/side-by-side.ts";
import type { LiveObject } from "../../ports/cluster.ts";
import type { HookRecord } from "../../state/operations.ts";
import type { Applied, ApplyContext } from "../apply.ts";
import { isFailure } from "../outcome.ts";
import { type PruneContext, pruneObjects } from "../prune.ts";
import { applyChanges, type Bounds } from "./apply-changes.ts";
import { recordFor, recordOf } from "./gate.ts";
import type { Group } from "./groups.ts";
import { startHook } from "./hook-objects.ts";
import type { HookTask } from "./hooks.ts";

export interface ActContext extends Bounds {
  readonly apply: ApplyContext;
  readonly rules: PruneContext["rules"];
  readonly live: ReadonlyMap<string, LiveObject>;
  readonly hooks: readonly HookRecord[];
}

/** What acting on one group came to. */
export interface Acted {
  readonly applied: readonly Applied[];
  readonly pruned: readonly ObjectResult[];
  /** Of hooks that could not be created. */
  readonly refused: readonly ObjectResult[];
  readonly hooks: readonly HookRecord[];
  /** What ended it before its time; what was done before stands. */
  readonly trouble?: Failure;
  /** The step's time was up: the rest of the group was not begun. */
  readonly isCut?: boolean;
}

/**
 * Formatted keys of what was applied and is not as Git has it all the same, nor ever by an apply: people added to it, or it is being deleted. Its entry
 * has no version, or says that nothing is applied.
 */
export const differing = (applied: Acted["applied"]): readonly string[] =>
  applied.flatMap(({ result: { key }, entry }) =>
    entry && (entry.resourceVersion === undefined || entry.desired === undefined) ? [formatKey(key)] : [],
  );

/** Prunes, then objects kind by kind, then hooks: the group's hooks may use its objects. After a failure nothing more is begun, nor when the time is up. */
export const actOn = async (group: Group, context: ActContext): Promise<Acted> => {
  const { cluster } = context.apply;
  const { lease, rules, time } = context;
  const { results: pruned, ...prunesEnd } = await pruneObjects(group.prune, { cluster, lease, rules, time });
  const acted = { applied: [], pruned, refused: [], hooks: context.hooks };
  if (prunesEnd.trouble || pruned.some(isFailure) || prunesEnd.isCut) return { ...acted, ...prunesEnd };
  const { applied, ...end } = await applyChanges(group.changes, context.apply, context);
  if (end.trouble) return { ...acted, applied, ...end };
  if (applied.some(({ result }) => isFailure(result))) return { ...acted, applied };
  if (end.isCut || (group.hooks.length > 0 && !time.mayBegin())) return { ...acted, applied, isCut: true };

  const begun = await startHooks(group.hooks, context);
  return { applied, pruned, ...begun, hooks: [...context.hooks, ...begun.hooks] };
};

/** Those that have not begun yet, side by side. What began before the cluster went away has begun. Throws LeaseLost. */
const startHooks = async (
  tasks: readonly HookTask[],
  { apply, lease, live, hooks }: ActContext,
): Promise<Omit<Acted, "applied" | "pruned">> => {
  const { cluster, ownerOf, optionsOf } = apply;
  const waiting = tasks.filter((task) => recordOf(task, hooks) === undefined);
  const validates = (manifest: Manifest) => optionsOf(manifest).validate;
  const starts = await sideBySide(waiting, waiting.length, async (task) => {
    try {
      return { task, start: await startHook(task, live.get(formatKey(task.key)), { cluster, lease, ownerOf, validates }) };
    } catch (error) {
      if (!(error instanceof Failure) || error.code === "LeaseLost") throw error;
      return { task, trouble: error };
    }
  });
  const [trouble] = starts.flatMap((each) => each.trouble ?? []);
  return {
    refused: starts.flatMap(({ start }) => (start?.state === "refused" ? [start.result] : [])),
    hooks: starts.flatMap(({ task, start }) => (start?.state === "started" ? [runningHook(task)] : [])),
    ...(trouble && { trouble }),
  };
};

const runningHook = (task: HookTask): HookRecord => recordFor(task, "running");

/** For history: objects, what was pruned, and hooks that could not begin. What was left alone is told with the plan. */
export const resultsOf = ({ applied, pruned, refused }: Acted): readonly ObjectResult[] => [
  ...pruned,
  ...applied.flatMap(({ result }) => (result.action === "skipped" ? [] : [result])),
  ...refused,
];
