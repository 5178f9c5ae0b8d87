import type { HealthCheck } from "../check.ts";
import { numberAt, textAt } from "../fields.ts";

export const statefulSetHealth: HealthCheck = (live) => {
  const count = (field: string): number => numberAt(live, "status", field) ?? 0;
  if (count("observedGeneration") < (live.metadata.generation ?? 0))
    return { status: "Progressing", message: "waiting for the change to be observed" };

  const wanted = numberAt(live, "spec", "replicas");
  if (wanted !== undefined && count("readyReplicas") < wanted) {
    return { status: "Progressing", message: `${count("readyReplicas")} of ${wanted} replicas are ready` };
  }
  const strategy = textAt(live, "spec", "updateStrategy", "type");
  if (strategy === "OnDelete") return { status: "Healthy" };
  const partition = numberAt(live, "spec", "updateStrategy", "rollingUpdate", "partition");
  if (strategy === "RollingUpdate" && partition !== undefined) {
    // Pods below the partition stay at the old revision by wish.
    const toUpdate = (wanted ?? 0) - partition;
    const updated = count("updatedReplicas");
    return updated < toUpdate
      ? { status: "Progressing", message: `${updated} of ${toUpdate} replicas are updated` }
      : { status: "Healthy" };
  }
  return textAt(live, "status", "updateRevision") === textAt(live, "status", "currentRevision")
    ? { status: "Healthy" }
    : { status: "Progressing", message: `${count("updatedReplicas")} replicas are at the new revision` };
};
