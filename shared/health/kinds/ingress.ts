import type { HealthCheck } from "../check.ts";
import { objectsAt } from "../fields.ts";

export const ingressHealth: HealthCheck = (live) =>
  objectsAt(live, "status", "loadBalancer", "ingress").length > 0
    ? { status: "Healthy" }
    : { status: "Progressing", message: "waiting for an address from its ingress controller" };
