import type { HealthCheck } from "../check.ts";
import { conditionsOf, numberAt, objectAt } from "../fields.ts";

export const deploymentHealth: HealthCheck = (live) => {
  const { paused } = objectAt(live, "spec");
  if (paused === true) return { status: "Suspended", message: "the rollout is paused" };
  const observed = numberAt(live, "status", "observedGeneration") ?? 0;
  if (observed < (live.metadata.generation ?? 0)) return { status: "Progressing", message: "waiting for the change to be observed" };

  const progressing = conditionsOf(live).find(({ type }) => type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return { status: "Degraded", message: progressing.message || `Deployment ${live.metadata.name} exceeded its progress deadline` };
  }
  const wanted = numberAt(live, "spec", "replicas");
  const count = (field: string): number => numberAt(live, "status", field) ?? 0;
  const [all, updated, available] = [count("replicas"), count("updatedReplicas"), count("availableReplicas")];
  if (wanted !== undefined && updated < wanted) return { status: "Progressing", message: `${updated} of ${wanted} replicas are updated` };
  if (all > updated) return { status: "Progressing", message: `${all - updated} old replicas are yet to end` };
  if (available < updated) return { status: "Progressing", message: `${available} of ${updated} updated replicas are available` };
  return { status: "Healthy" };
};
