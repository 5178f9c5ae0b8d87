import type { HealthCheck } from "../check.ts";
import { conditionsOf, wordsOf } from "../fields.ts";

export const jobHealth: HealthCheck = (live) => {
  const holding = conditionsOf(live).filter(({ status }) => status !== "False");
  const condition = (type: string) => holding.find((each) => each.type === type);
  const failed = condition("Failed");
  if (failed) return { status: "Degraded", message: wordsOf(failed) };
  if (condition("Complete")) return { status: "Healthy" };
  const suspended = condition("Suspended");
  if (suspended) return { status: "Suspended", message: wordsOf(suspended) };
  return { status: "Progressing", message: "the job is not complete" };
};
