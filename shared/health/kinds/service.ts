import type { HealthCheck } from "../check.ts";
import { objectsAt, textAt } from "../fields.ts";

export const serviceHealth: HealthCheck = (live) =>
  textAt(live, "spec", "type") !== "LoadBalancer" || objectsAt(live, "status", "loadBalancer", "ingress").length > 0
    ? { status: "Healthy" }
    : { status: "Progressing", message: "waiting for its load balancer" };
