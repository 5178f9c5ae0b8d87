import type { HealthCheck } from "../check.ts";
import { textAt } from "../fields.ts";

export const volumeClaimHealth: HealthCheck = (live) => {
  switch (textAt(live, "status", "phase")) {
    case "Bound":
      return { status: "Healthy" };
    case "Pending":
      return { status: "Progressing", message: "waiting for a volume" };
    case "Lost":
      return { status: "Degraded", message: "its volume is lost" };
    default:
      return { status: "Unknown", message: "the claim has no phase" };
  }
};
