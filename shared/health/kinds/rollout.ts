import type { Manifest } from "../../model/manifest.ts";
import { annotationOf } from "../../model/manifest.ts";
import type { Health, HealthCheck } from "../check.ts";
import { at, type Condition, conditionsOf, numberAt, objectAt, objectsAt, textAt, wordsOf } from "../fields.ts";

/** Argo Rollouts: its controller's own verdict (`status.phase`), and what came before it by replicas and hashes, as kubectl would wait. */
export const rolloutHealth: HealthCheck = (live) => {
  if (!isObserved(live)) return progressing("waiting for the change to be observed");
  const phase = textAt(live, "status", "phase");
  return phase === "" ? olderHealth(live) : byPhase(phase, textAt(live, "status", "message"));
};

const byPhase = (phase: string, words: string): Health => {
  const message = words || `its phase is ${phase}`;
  switch (phase) {
    case "Healthy":
      return { status: "Healthy" };
    case "Paused":
      return { status: "Suspended", message };
    case "Progressing":
    case "Degraded":
      return { status: phase, message };
    default:
      return { status: "Unknown", message };
  }
};

/** Before 1.0 `observedGeneration` was a hash of the spec, in text that is no number: then it tells nothing. */
const isObserved = (live: Manifest): boolean => {
  if (live.status === undefined) return false;
  const observed = asNumber(live, "status", "observedGeneration");
  if (observed !== undefined && observed < (live.metadata.generation ?? 0)) return false;
  if (Object.keys(objectAt(live, "spec", "workloadRef")).length === 0) return true;
  const workload = annotationOf(live, "rollout.argoproj.io/workload-generation");
  return workload === undefined || Number(workload) === asNumber(live, "status", "workloadObservedGeneration");
};

const asNumber = (live: Manifest, ...path: readonly string[]): number | undefined => {
  const value = at(live, path);
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
};

const olderHealth = (live: Manifest): Health => {
  const failed = conditionsOf(live).find(hasFailed);
  if (failed) return { status: "Degraded", message: wordsOf(failed) };
  if (objectsAt(live, "status", "pauseConditions").length > 0 || objectAt(live, "spec").paused === true) {
    return { status: "Suspended", message: "the rollout is paused" };
  }
  const hash = textAt(live, "status", "currentPodHash");
  if (hash === "") return progressing("waiting for its controller to report");
  return replicasHealth(live) ?? strategyHealth(live, hash);
};

const hasFailed = ({ type, reason }: Condition): boolean =>
  type === "InvalidSpec" || (type === "Progressing" && ["RolloutAborted", "ProgressDeadlineExceeded"].includes(reason));

const count = (live: Manifest, field: string): number => numberAt(live, "status", field) ?? 0;

const replicasHealth = (live: Manifest): Health | undefined => {
  const wanted = numberAt(live, "spec", "replicas") ?? 1;
  const [updated, available] = [count(live, "updatedReplicas"), count(live, "availableReplicas")];
  if (updated < wanted) return progressing(`${updated} of ${wanted} replicas are updated`);
  return available < updated ? progressing(`${available} of ${updated} updated replicas are available`) : undefined;
};

const strategyHealth = (live: Manifest, hash: string): Health => {
  const { blueGreen, canary } = objectAt(live, "spec", "strategy");
  const stable = textAt(live, "status", "stableRS") || textAt(live, "status", "canary", "stableRS");
  if (blueGreen !== undefined) {
    if (textAt(live, "status", "blueGreen", "activeSelector") !== hash) return progressing("its active service is yet to be switched over");
    return stable !== "" && stable !== hash ? progressing("waiting for its analysis") : { status: "Healthy" };
  }
  if (canary === undefined) return { status: "Healthy" };
  const old = count(live, "replicas") - count(live, "updatedReplicas");
  if (old > 0) return progressing(`${old} old replicas are yet to end`);
  return stable === hash ? { status: "Healthy" } : progressing("its steps are not finished");
};

const progressing = (message: string): Health => ({ status: "Progressing", message });
