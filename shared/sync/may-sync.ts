import { rulesOf } from "../argocd/project-rules.ts";
import type { ResourceKey } from "../model/resource-key.ts";
import { runsHooks } from "../model/sync-request.ts";
import type { SyncWindow } from "../model/sync-window.ts";
import { type AutoSyncPlan, type AutoSyncQuestion, decideAutoSync, type LastOperation } from "../policy/auto-sync.ts";
import { maySync, windowsFor } from "../policy/sync-windows.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { isDirty } from "../state/application-state.ts";
import { readClusterRecord } from "../state/cluster-records.ts";
import type { Operation } from "../state/operations.ts";
import { readProject } from "../state/projects.ts";
import { hasLeftOver } from "./contested.ts";
import type { Look, SyncSubject } from "./look.ts";
import { differing, isDifference, isExtraneous, keyOfChange, type Plan } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";

/** `again`: when the answer may be another, ms since 1970. `only`: nothing else may be touched. */
export type MayAct =
  | { readonly act: true; readonly hooks: boolean; readonly healing: boolean; readonly only?: "left over" | "out of sync" }
  | { readonly act: false; readonly reason: string; readonly again?: number | undefined; readonly isStanding?: boolean };

/** Whether this step may change anything: a person's wish, or what auto-sync decides, and in either case the project's sync windows. */
export const mayAct = async (subject: SyncSubject, look: Look, operation: Operation | undefined, world: SyncWorld): Promise<MayAct> => {
  const { application, state, request } = subject;
  if (request?.dryRun) return { act: false, reason: `${request.by} asked for a dry run only` };
  const now = world.clock.now();
  const windows = await windowsOf(subject, world);
  const manual = request !== undefined || look.isAnswered;
  if (manual || operation) {
    const window = maySync(windows, { now, manual, ...(operation && { startedAt: operation.startedAt }) });
    if (!window.may) return { act: false, reason: window.because, again: window.nextChange };
    // A yes lets the operation go on that asked: its hooks have run.
    const healing = operation?.healing ?? request === undefined;
    return { act: true, hooks: !healing && (request === undefined || runsHooks(request)), healing };
  }
  const facts = { wanted: state.input ?? "", last: lastOperation(state, subject.takenOver), deleting: false };
  const compared = planFacts(look.plan);
  const plan = isUnfinished(state) ? { ...compared, syncStatus: "OutOfSync" as const } : compared;
  const decision = decideAutoSync({ application, state: facts, plan, windows, now });
  if (!decision.act && decision.because === "self-heal-off" && state.syncedOutput === subject.output) {
    const rest = leftOverMay({ application, state: facts, plan, windows, now }, look, state);
    if (rest) return rest;
  }
  if (decision.act)
    return decision.kind === "self-heal"
      ? { act: true, hooks: false, healing: true, only: "out of sync" }
      : { act: true, hooks: true, healing: false };
  // Nothing to apply: what remains is to say so, and to declare what goes to the registry.
  if (decision.because === "in-sync")
    return { act: true, hooks: isOnlyHooks(look) && state.input !== state.syncedInput, healing: false, only: "out of sync" };
  // It stands there already, and would be quoted within itself.
  if (decision.because === "failed-before") return { act: false, reason: state.reason ?? decision.sentence, isStanding: true };
  return { act: false, reason: decision.sentence, again: decision.again };
};

/**
 * With self-heal off, too, a sync comes to its end: what it left to another Application that has given it up since, what one wrote that had lost its
 * lease, and what it did not prune before its cluster was searched.
 */
const leftOverMay = (question: AutoSyncQuestion, look: Look, state: ApplicationState): MayAct | undefined => {
  const { application } = question;
  const { automated } = application.syncPolicy;
  if (!automated) return undefined;
  if (!hasLeftOver(look, state)) return undefined;
  const healing = { ...application, syncPolicy: { ...application.syncPolicy, automated: { ...automated, selfHeal: true } } };
  const decision = decideAutoSync({ ...question, application: healing });
  if (decision.act) return { act: true, hooks: false, healing: true, only: "left over" };
  return { act: false, reason: decision.sentence, again: decision.again };
};

/** It can never be out of sync, and there is nothing else to do for a new revision. */
const isOnlyHooks = ({ desired, declared }: Look): boolean => desired.objects.length + declared.length === 0 && desired.hooks.length > 0;

const windowsOf = async ({ application, state }: SyncSubject, { table }: SyncWorld): Promise<readonly SyncWindow[]> => {
  const project = await readProject(table, application.project);
  if (project === undefined || rulesOf(project).syncWindows.length === 0) return [];
  const record = await readClusterRecord(table, state.cluster);
  return windowsFor(project, application, { name: state.cluster, server: record?.server });
};

/**
 * Drift alone never brings a failed revision back to life (Argo CD's rule); a changed declaration, a cluster that is back or a retry that is due
 * does. When to heal again is the scan's to decide.
 */
const lastOperation = (state: ApplicationState, takenOver = false): LastOperation | undefined => {
  // One was on its way to another revision and came to no end: what it changed has not drifted, also where Git wants what was synced before it.
  if ((takenOver || state.phase === "Running") && state.drifted !== true) return undefined;
  const failed = state.phase === "Failed" || state.phase === "Error";
  const attempted = failed ? (isDirty(state) && state.drifted !== true ? undefined : state.failedInput) : state.syncedInput;
  if (attempted === undefined) return undefined;
  return { attempted, phase: failed ? "Failed" : "Succeeded", reason: state.reason, heals: 0, ...(failed && { retryAt: dueRetry(state) }) };
};

/** A sync to what Git wants failed, such as in a PostSync hook: it is not done although all of its objects stand. */
const isUnfinished = ({ phase, input, syncedInput, drifted }: ApplicationState): boolean =>
  phase === "Failed" && input !== syncedInput && drifted !== true;

/** The step that looks is the retry: its message came when it was due. */
const dueRetry = ({ retryAt }: ApplicationState): number | undefined => (retryAt === undefined ? undefined : 0);

const planFacts = (plan: Plan): AutoSyncPlan => {
  const changes = plan.waves.flatMap((wave) => wave.changes);
  const changed = changes.filter(isDifference);
  const pruned = plan.prune.filter((change) => !isExtraneous(change));
  const gone = [...pruned, ...differing(plan).filter(({ because }) => because === "prune is off")];
  const others = differing(plan).filter(({ because }) => because !== "prune is off");
  const named = (keys: readonly ResourceKey[], prune: boolean) => keys.map((key) => ({ key, prune }));
  const outOfSync = [...named([...changed, ...others].map(keyOfChange), false), ...named(gone.map(keyOfChange), true)];
  return { syncStatus: outOfSync.length === 0 ? "Synced" : "OutOfSync", objects: changes.length + gone.length + others.length, outOfSync };
};
