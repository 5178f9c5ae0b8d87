import type { HealthCheck } from "../check.ts";
import { conditionsOf, wordsOf } from "../fields.ts";

export const apiServiceHealth: HealthCheck = (live) => {
  const available = conditionsOf(live).find(({ type }) => type === "Available");
  if (available?.status === "True") return { status: "Healthy" };
  return { status: "Progressing", message: available ? wordsOf(available) : "waiting to be processed" };
};
