import { driftWishes } from "../argocd/drift-annotations.ts";
import { applicationHealth } from "../health/application-health.ts";
import type { Application } from "../model/application.ts";
import { isJsonObject } from "../model/json.ts";
import { listAnnotation, type Manifest } from "../model/manifest.ts";
import type { ObjectResult } from "../model/operation.ts";
import { describeKey, keyOf } from "../model/resource-key.ts";
import { objectOptionWarnings } from "../policy/sync-options.ts";
import { longestDelay } from "../state/messages.ts";
import type { Operation } from "../state/operations.ts";
import type { DesiredState } from "./desired.ts";
import type { Look } from "./look.ts";
import { deadlineProblems } from "./operation/deadline.ts";
import { phasesOf } from "./operation/hooks.ts";
import { isFailure, type Outcome } from "./outcome.ts";
import { differing, isDifference, isExtraneous, isLeft, type Plan } from "./plan.ts";

/** What was left alone, for people. Only what we may not even look at is a failure. */
export const keptResults = (plan: Plan): readonly ObjectResult[] =>
  plan.kept.map(({ key, because, detail }) => ({
    key,
    action: because === "forbidden" ? "unknown" : "skipped",
    code: isLeft(because) ? "PruneSkipped" : "SyncFailed",
    message: because === "forbidden" ? `${describeKey(key)} cannot be looked at: ${detail}` : detail,
  }));

export interface NotNow {
  readonly reason: string;
  readonly again?: number | undefined;
  /** The reason is what the Application says already. */
  readonly isStanding?: boolean;
}

/** Looked, and not to act. */
export const compared = ({ plan, health: custom, contested }: Look, { reason, again, isStanding = false }: NotNow): Outcome => {
  const changes = plan.waves.flatMap(({ changes }) => changes).filter(isDifference);
  const moved = [...changes, ...plan.prune.filter((change) => !isExtraneous(change)), ...differing(plan)];
  const live = plan.waves.flatMap(({ changes }) => changes.flatMap((change) => ("live" in change ? [change.live] : [])));
  const differ = `${moved.length} ${moved.length === 1 ? "object differs" : "objects differ"} from Git`;
  return {
    kind: "compared",
    syncStatus: moved.length === 0 ? "Synced" : "OutOfSync",
    health: applicationHealth(live, "", plan.waves.length, custom).status,
    reason: isStanding ? reason : moved.length === 0 ? "" : `${differ}. ${reason}`,
    again,
    contested,
  };
};

/** Between two steps a window closed, or a project changed: the operation waits where it stands. */
export const heldUp = (operation: Operation, { inventory }: Look, { reason, again }: NotNow, now: number): Outcome => ({
  kind: "running",
  operation,
  inventory,
  seconds: again === undefined ? longestDelay : Math.min(longestDelay, Math.max(1, Math.ceil((again - now) / 1000))),
  reason,
});

/** What people should know although nothing failed. */
export const warningsOf = (desired: DesiredState, application: Application): readonly string[] => [
  ...driftWishes(application).problems,
  ...deadlineProblems(application),
  ...desired.hooks.flatMap(unreadableHook),
  ...plainSecrets(desired),
  ...desired.objects.flatMap(({ manifest }) => objectOptionWarnings(manifest)),
  ...desired.warnings,
];

/** `Skip`, and Helm's types that have no phase here, are meant; what is no type at all is a slip, and nothing runs. */
const unreadableHook = (hook: Manifest): readonly string[] => {
  const named = listAnnotation(hook, "argocd.argoproj.io/hook");
  if (named.length === 0 || named.includes("Skip") || phasesOf(hook).length > 0) return [];
  const object = describeKey({ ...keyOf(hook), name: hook.metadata.name || `${hook.metadata.generateName}…` });
  return [`${object}: annotation argocd.argoproj.io/hook is "${named.join(",")}", which is no phase; it is never applied`];
};

/** Whoever may read the repository reads them. One that is encrypted (SOPS) has another field beside its values. */
const plainSecrets = ({ objects }: DesiredState): readonly string[] => {
  const plain = objects.filter(({ manifest }) => manifest.kind === "Secret" && manifest.apiVersion === "v1" && holdsValues(manifest));
  if (plain.length === 0) return [];
  const names = plain.slice(0, 3).map(({ key }) => describeKey(key));
  const more = plain.length > names.length ? ` and ${plain.length - names.length} more` : "";
  return [`${names.join(", ")}${more}: values come from Git or a chart in plain text; keep them in a secret store, or encrypt them`];
};

const holdsValues = ({ data, stringData, sops }: Manifest): boolean =>
  sops === undefined && [data, stringData].some((values) => isJsonObject(values) && Object.keys(values).length > 0);

/** What the registry has to say of objects that it took, or could not use: fields without an effect, kinds that are not read yet. */
export const registryNotes = (results: readonly ObjectResult[]): readonly string[] =>
  results.flatMap(({ key, message, ...result }) => {
    if (message === undefined || isFailure({ key, ...result })) return [];
    const object = describeKey(key);
    return [message.startsWith(object) ? message : `${object}: ${message}`];
  });
