import type { HealthCheck } from "../check.ts";
import { conditionsOf, numberAt, wordsOf } from "../fields.ts";

export const replicaSetHealth: HealthCheck = (live) => {
  const observed = numberAt(live, "status", "observedGeneration") ?? 0;
  if (observed < (live.metadata.generation ?? 0)) return { status: "Progressing", message: "waiting for the change to be observed" };
  const failure = conditionsOf(live).find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  if (failure) return { status: "Degraded", message: wordsOf(failure) };
  const wanted = numberAt(live, "spec", "replicas");
  const available = numberAt(live, "status", "availableReplicas") ?? 0;
  if (wanted !== undefined && available < wanted)
    return { status: "Progressing", message: `${available} of ${wanted} replicas are available` };
  return { status: "Healthy" };
};
