import { objectsAt, textAt } from "../fields.ts";
import type { HealthCheck } from "../health.ts";

export const serviceHealth: HealthCheck = (live) =>
  textAt(live, "spec", "type") !== "LoadBalancer" || objectsAt(live, "status", "loadBalancer", "ingress").length > 0
    ? { status: "Healthy" }
    : { status: "Progressing", message: "waiting for its load balancer" };
