import { isJsonObject, type Json } from "../../model/json.ts";
import { annotationOf, type Manifest } from "../../model/manifest.ts";
import type { HealthCheck } from "../check.ts";
import { type Condition, conditionsOf, readCondition, wordsOf } from "../fields.ts";

/** Where autoscaling/v1, which has no conditions, keeps those of v2. */
const conditionsAnnotation = "autoscaling.alpha.kubernetes.io/conditions";

const failing = [
  "AbleToScale/FailedGetScale",
  "AbleToScale/FailedUpdateScale",
  "ScalingActive/FailedGetResourceMetric",
  "ScalingActive/InvalidSelector",
];
const scaling = ["AbleToScale", "ScalingLimited"];

/** The first condition that says something decides. */
export const autoscalerHealth: HealthCheck = (live) => {
  for (const condition of conditions(live)) {
    if (failing.includes(`${condition.type}/${condition.reason}`)) return { status: "Degraded", message: wordsOf(condition) };
    if (scaling.includes(condition.type) && condition.status === "True") return { status: "Healthy" };
  }
  return { status: "Progressing", message: "waiting to autoscale" };
};

const conditions = (live: Manifest): readonly Condition[] => {
  const own = conditionsOf(live);
  const annotation = annotationOf(live, conditionsAnnotation);
  if (own.length > 0 || annotation === undefined) return own;
  const parsed = parseJson(annotation);
  return Array.isArray(parsed) ? parsed.filter(isJsonObject).map(readCondition) : [];
};

const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
