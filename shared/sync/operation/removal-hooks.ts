import { customHealth } from "../../lua/custom-health.ts";
import type { Customizations } from "../../model/customizations.ts";
import { Failure } from "../../model/failure.ts";
import type { HookPhase } from "../../model/hook.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ObjectResult } from "../../model/operation.ts";
import { formatKey } from "../../model/resource-key.ts";
import { excludedIn } from "../../policy/excluded-kinds.ts";
import { syncOptionsOf } from "../../policy/sync-options.ts";
import type { Cluster } from "../../ports/cluster.ts";
import { type Operation, readOperation, writeOperation } from "../../state/operations.ts";
import { readCustomizations } from "../../state/settings.ts";
import { ownersOf } from "../apply-context.ts";
import { desiredState } from "../desired.ts";
import { renderedManifests } from "../desired-manifests.ts";
import type { Outcome } from "../outcome.ts";
import type { SyncWorld } from "../ports.ts";
import type { Removal } from "../removal.ts";
import { beginOperation } from "./begin.ts";
import { decide } from "./decide.ts";
import { gateOf, recordFor, recordOf, watchHooks } from "./gate.ts";
import { type Group, groupsOf } from "./groups.ts";
import { type HookContext, observeHooks, settleHooks, startHook } from "./hook-objects.ts";
import { hookTasks } from "./hooks.ts";
import { placeOf } from "./moved.ts";

type RemovalPhase = Extract<HookPhase, "PreDelete" | "PostDelete">;

/** One step of the hooks of a removal; undefined when all of that phase have ended well, and their objects are gone. */
export const runRemovalHooks = async (
  phase: RemovalPhase,
  removal: Removal,
  cluster: Cluster,
  world: SyncWorld,
): Promise<Outcome | undefined> => {
  const { name } = removal.application;
  const operation = await removalOperation(removal, world);
  if (operation.ended.includes(phase)) return undefined;
  const customizations = await readCustomizations(world.table);
  const groups = await hookGroups(phase, removal, operation, customizations, cluster, world);
  if (groups.length === 0) return undefined;
  const live = await observeHooks(
    groups.flatMap(({ hooks }) => hooks),
    cluster,
  );
  const custom = customHealth(customizations, world.clock.now);
  const hooks = groups.reduce<Operation["hooks"]>((records, group) => watchHooks(group, { live, custom, hooks: records }), operation.hooks);
  const context = {
    cluster,
    lease: removal.lease,
    ownerOf: await ownersOf(name, live, customizations.tracking, world),
    validates: (manifest: Manifest) => syncOptionsOf(removal.application, manifest).validate,
  };
  const keep = (change: Partial<Operation>) => writeOperation(world, removal.lease, { ...operation, hooks, ...change });
  const next = decide(groups, operation.at, (group) => gateOf(group, { live, custom, hooks }));
  switch (next.kind) {
    case "finish":
      // No later run comes to clear them away.
      await settleHooks(
        hooks.map((hook) => ({ ...hook, policies: ["HookSucceeded"] })),
        "succeeded",
        context,
      );
      await keep({ hooks: [], ended: [...operation.ended, phase], at: undefined });
      return undefined;
    case "fail":
      await settleHooks(hooks, "failed", context);
      await keep({ ...nextAttempt(removal, operation, world.clock.now()), hooks: [], at: undefined });
      return failed(phase, next.results);
    case "wait":
      await keep({ at: { phase, wave: next.group.wave } });
      return { kind: "removing", left: hooks.length, detail: `${phase}: waiting for ${next.waitingFor}` };
    default: {
      await keep({});
      const started = await start(next.group, hooks, live, context);
      if (started.refused.length > 0) return failed(phase, started.refused);
      await keep({ hooks: started.hooks, at: { phase, wave: next.group.wave } });
      return { kind: "removing", left: started.hooks.length, detail: `${phase} hooks have begun` };
    }
  }
};

/** As Argo CD has it, what fails here blocks the deletion; it is tried again with hooks that are created anew. */
const failed = (phase: RemovalPhase, results: readonly ObjectResult[]): Outcome => ({
  kind: "failed",
  reason: results[0]?.message ?? `a ${phase} hook failed`,
  retry: "unlimited",
  results,
});

const start = async (group: Group, hooks: Operation["hooks"], live: Parameters<typeof gateOf>[1]["live"], context: HookContext) => {
  const waiting = group.hooks.filter((task) => recordOf(task, hooks) === undefined);
  const starts = await Promise.all(waiting.map((task) => startHook(task, live.get(formatKey(task.key)), context)));
  const started = waiting.filter((_, index) => starts[index]?.state === "started").map((task) => recordFor(task, "running"));
  return { hooks: [...hooks, ...started], refused: starts.flatMap((each) => (each.state === "refused" ? [each.result] : [])) };
};

/** The same for every step of one attempt at a removal. */
const removalOperation = async (removal: Removal, { table, clock }: SyncWorld): Promise<Operation> => {
  const { application, state } = removal;
  const before = await readOperation(table, application.name);
  // One that was taken back ended with the sync that followed: a later one runs its hooks anew.
  const isThis = before !== undefined && `${before.id}.`.startsWith(removalId(removal, before.attempt));
  if (isThis && (state.syncedAt ?? 0) <= before.startedAt) return before;
  const now = clock.now();
  const begun = beginOperation(state, { output: state.syncedOutput ?? "", place: placeOf(state, application), healing: false, now });
  return { ...begun, attempt: 1, id: `${removalId(removal, 1)}${now}` };
};

/** Another attempt has an id of its own, or the hook that failed would be taken for one of its run. */
const nextAttempt = (removal: Removal, { attempt }: Operation, now: number): Pick<Operation, "id" | "attempt" | "startedAt"> => ({
  id: `${removalId(removal, attempt + 1)}${now}`,
  attempt: attempt + 1,
  startedAt: now,
});

/** What the ids of one attempt begin with; when it began follows. */
const removalId = ({ application, state }: Removal, attempt: number): string => `removal-${state.declared ?? application.name}.${attempt}.`;

/** From the manifests that were applied last; where they are lost, there is nothing that could run. */
const hookGroups = async (
  phase: RemovalPhase,
  { application, state }: Removal,
  { id, revision = "", startedAt }: Operation,
  customizations: Customizations,
  cluster: Cluster,
  world: SyncWorld,
): Promise<readonly Group[]> => {
  if (state.syncedOutput === undefined) return [];
  try {
    const { manifests } = await renderedManifests(state.syncedOutput, world);
    const { tracking } = customizations;
    const excluded = await excludedIn(state.cluster, customizations, world.clusters);
    const { hooks } = desiredState(manifests, application, await cluster.discover(), { tracking, excluded });
    const run = { application: application.name, operation: id, revision, startedAt, tracking };
    const tasks = hookTasks(hooks, run).filter((task) => task.phase === phase);
    return groupsOf({ plan: { waves: [], prune: [], kept: [], vanished: [] }, hooks: tasks, pruneLast: () => false });
  } catch (error) {
    if (!(error instanceof Failure) || error.retry) throw error;
    world.journal.tell("removal-without-hooks", { application: application.name, reason: error.message });
    return [];
  }
};
