import type { HealthCheck } from "../check.ts";
import { conditionsOf, wordsOf } from "../fields.ts";

/** A budget that is used up does its work; only one that cannot be reckoned is broken. */
export const disruptionBudgetHealth: HealthCheck = (live) => {
  const conditions = conditionsOf(live);
  if (conditions.length === 0) return { status: "Progressing", message: "waiting to be reckoned" };
  const broken = conditions.find(({ status, reason }) => status === "False" && reason !== "InsufficientPods");
  return broken ? { status: "Degraded", message: wordsOf(broken) } : { status: "Healthy" };
};
