import type { HealthCheck } from "../check.ts";
import { numberAt, textAt } from "../fields.ts";

export const daemonSetHealth: HealthCheck = (live) => {
  const count = (field: string): number => numberAt(live, "status", field) ?? 0;
  if (count("observedGeneration") < (live.metadata.generation ?? 0)) {
    return { status: "Progressing", message: "waiting for the change to be observed" };
  }
  // Its pods are replaced when somebody deletes them, and not before.
  if (textAt(live, "spec", "updateStrategy", "type") === "OnDelete") return { status: "Healthy" };
  const wanted = count("desiredNumberScheduled");
  const [updated, available] = [count("updatedNumberScheduled"), count("numberAvailable")];
  if (updated < wanted) return { status: "Progressing", message: `${updated} of ${wanted} pods are updated` };
  if (available < wanted) return { status: "Progressing", message: `${available} of ${wanted} pods are available` };
  return { status: "Healthy" };
};
