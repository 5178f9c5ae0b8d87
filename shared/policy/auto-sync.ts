import type { Application } from "../model/application.ts";
import type { SyncStatus } from "../model/operation.ts";
import { describeKey, type ResourceKey } from "../model/resource-key.ts";
import type { SyncWindow } from "../model/sync-window.ts";
import { retryPolicyOf } from "./retry.ts";
import { countedHeals, mayHealAt } from "./self-heal.ts";
import { maySync } from "./sync-windows.ts";

/** The operation that ended last, or is under way. */
export interface LastOperation {
  /** Names the revisions and the sources that it went to. */
  readonly attempted: string;
  readonly phase: "Running" | "Terminating" | "Succeeded" | "Failed" | "Error";
  /** ms since 1970 */
  readonly finishedAt?: number | undefined;
  readonly reason?: string | undefined;
  /** It failed and is tried again then, ms since 1970; absent when no retry is left. */
  readonly retryAt?: number | undefined;
  /** How many times in a row it healed the same revision. */
  readonly heals: number;
}

export interface AutoSyncState {
  /** Names the revisions and the sources that Git has now, such as the input's digest: one attempt each. */
  readonly wanted: string;
  readonly last?: LastOperation | undefined;
  readonly deleting: boolean;
  /** `wanted` of a revision that a rollback holds off, and why. */
  readonly heldOff?: { readonly wanted: string; readonly reason: string } | undefined;
}

/** What a comparison found. */
export interface AutoSyncPlan {
  readonly syncStatus: SyncStatus;
  /** All objects that are desired or owned. */
  readonly objects: number;
  readonly outOfSync: readonly OutOfSyncObject[];
}

export interface OutOfSyncObject {
  readonly key: ResourceKey;
  /** Git no longer has it. */
  readonly prune: boolean;
}

export interface AutoSyncQuestion {
  readonly application: Application;
  readonly state: AutoSyncState;
  readonly plan: AutoSyncPlan;
  readonly windows: readonly SyncWindow[];
  /** ms since 1970 */
  readonly now: number;
}

export type AutoSyncDecision =
  /** A whole sync, with hooks. */
  | { readonly act: true; readonly kind: "sync" | "retry"; readonly prune: boolean; readonly heals: 0 }
  /** These objects only, and no hooks; `heals` is what the operation is recorded with. */
  | {
      readonly act: true;
      readonly kind: "self-heal";
      readonly prune: boolean;
      readonly heals: number;
      readonly resources: readonly ResourceKey[];
    }
  /** `again`: when the answer may be another (ms since 1970), if nobody changes anything. */
  | { readonly act: false; readonly because: NoAutoSync; readonly sentence: string; readonly again?: number };

export type NoAutoSync =
  | "manual"
  | "deleting"
  | "operation-running"
  | "in-sync"
  | "unknown"
  | "only-pruning"
  | "held-off"
  | "retry-waits"
  | "failed-before"
  | "self-heal-off"
  | "self-heal-waits"
  | "would-wipe-out"
  | "window";

/** Whether an Application is synced without anybody asking for it, in the order in which Argo CD's code asks; windows last, so that they are named only where they alone stand in the way. */
export const decideAutoSync = (question: AutoSyncQuestion): AutoSyncDecision => {
  const refused = notAtAll(question);
  if (refused) return refused;
  const wish = decideAttempt(question);
  if (!wish.act) return wish;
  return wouldWipeOut(question) ?? heldUpByWindow(question) ?? wish;
};

const no = (because: NoAutoSync, sentence: string, again?: number): AutoSyncDecision & { readonly act: false } => ({
  act: false,
  because,
  sentence,
  ...(again !== undefined && { again }),
});

const notAtAll = ({ application, state, plan }: AutoSyncQuestion): AutoSyncDecision | undefined => {
  const { automated } = application.syncPolicy;
  const { last, heldOff } = state;
  if (!automated) return no("manual", "It is not synced automatically: spec.syncPolicy.automated is not given or not enabled");
  if (state.deleting) return no("deleting", "It is being deleted");
  if (last?.phase === "Running" || last?.phase === "Terminating") return no("operation-running", "An operation is under way");
  if (plan.syncStatus === "Unknown") return no("unknown", "It could not be compared with Git");
  if (plan.syncStatus === "Synced") return no("in-sync", "It is as Git wants it");
  if (heldOff?.wanted === state.wanted) return no("held-off", `This revision is held off until a newer one arrives: ${heldOff.reason}`);
  if (!automated.prune && plan.outOfSync.length > 0 && plan.outOfSync.every(({ prune }) => prune))
    return no("only-pruning", `${countOf(plan.outOfSync)} no longer in Git, and spec.syncPolicy.automated.prune is off`);
  return undefined;
};

const decideAttempt = ({ application, state, plan, now }: AutoSyncQuestion): AutoSyncDecision => {
  const { prune = false, selfHeal = false } = application.syncPolicy.automated ?? {};
  const { last } = state;
  if (last === undefined || last.attempted !== state.wanted) return { act: true, kind: "sync", prune, heals: 0 };
  if (last.phase !== "Succeeded") {
    const reason = last.reason === undefined ? "" : `: ${last.reason}`;
    if (last.retryAt === undefined)
      return no("failed-before", `The last sync to this revision failed and is not tried again${reason}${hintOf(application)}`);
    if (last.retryAt > now) return no("retry-waits", `The last sync failed and is tried again${reason}`, last.retryAt);
    return { act: true, kind: "retry", prune, heals: 0 };
  }
  if (!selfHeal)
    return no("self-heal-off", "It moved away from this revision after it was synced, and spec.syncPolicy.automated.selfHeal is off");
  const record = { attempts: last.heals, finishedAt: last.finishedAt, succeeded: true };
  const from = mayHealAt(record, now);
  if (from > now) return no("self-heal-waits", `It was healed ${last.heals} times in a row, and the next time waits`, from);
  const resources = plan.outOfSync.map(({ key }) => key);
  return { act: true, kind: "self-heal", prune, heals: countedHeals(record, now) + 1, resources };
};

const hintOf = (application: Application): string => (retryPolicyOf(application).limit === 0 ? "; spec.syncPolicy.retry.limit is 0" : "");

/** All that there is would go. An empty Git is more often a mistake than a wish. */
const wouldWipeOut = ({ application, plan }: AutoSyncQuestion): AutoSyncDecision | undefined => {
  const { prune = false, allowEmpty = false } = application.syncPolicy.automated ?? {};
  const gone = plan.outOfSync.filter((object) => object.prune);
  if (!prune || allowEmpty || gone.length === 0 || gone.length < plan.objects) return undefined;
  return no(
    "would-wipe-out",
    `A sync would delete everything (${countOf(gone)} no longer in Git); if that is meant, set spec.syncPolicy.automated.allowEmpty: true`,
  );
};

const heldUpByWindow = ({ windows, now }: AutoSyncQuestion): AutoSyncDecision | undefined => {
  const answer = maySync(windows, { now, manual: false });
  return answer.may ? undefined : no("window", answer.because, answer.nextChange);
};

/** `Deployment production/web is`, `Deployment production/web and 2 more are` */
const countOf = (objects: readonly OutOfSyncObject[]): string => {
  const [first] = objects;
  const name = first === undefined ? "nothing" : describeKey(first.key);
  return objects.length <= 1 ? `${name} is` : `${name} and ${objects.length - 1} more are`;
};
