import type { JsonObject } from "../../model/json.ts";
import { annotationOf, type Manifest } from "../../model/manifest.ts";
import type { Health, HealthCheck } from "../check.ts";
import { conditionsOf, numberAt, objectAt, objectsAt, textAt } from "../fields.ts";

/** Judges a pod that runs to its end as one that should keep running. */
const ignoreRestartPolicy = "argocd.argoproj.io/ignore-restart-policy";

export const podHealth: HealthCheck = (live) => {
  // A pod that ends by itself is a hook or a job: trouble on its way is not yet failure, and running is not yet success.
  const keepsRunning = textAt(live, "spec", "restartPolicy") === "Always" || annotationOf(live, ignoreRestartPolicy) === "true";
  const stuck = keepsRunning ? containers(live).flatMap(waitingInVain) : [];
  if (stuck.length > 0) return { status: "Degraded", message: stuck.join(", ") };
  const message = textAt(live, "status", "message");
  switch (textAt(live, "status", "phase")) {
    case "Pending":
      return { status: "Progressing", message: message || "the pod is pending" };
    case "Succeeded":
      return { status: "Healthy" };
    case "Failed":
      return { status: "Degraded", message: message || failureOf(live) };
    case "Running":
      return keepsRunning ? runningHealth(live, message) : { status: "Progressing", message: message || "the pod is running" };
    default:
      return { status: "Unknown", message: message || "the pod has no phase" };
  }
};

const runningHealth = (live: Manifest, message: string): Health => {
  if (conditionsOf(live).some(({ type, status }) => type === "Ready" && status === "True")) return { status: "Healthy" };
  const ended = containers(live).find((container) => Object.keys(objectAt(container, "lastState", "terminated")).length > 0);
  return ended
    ? { status: "Degraded", message: message || `container ${textAt(ended, "name")} ended and the pod is not ready` }
    : { status: "Progressing", message: message || "the pod is not ready yet" };
};

const containers = (live: Manifest): readonly JsonObject[] => objectsAt(live, "status", "containerStatuses");

/** Reasons such as ErrImagePull, CreateContainerConfigError, CrashLoopBackOff. */
const waitingInVain = (container: JsonObject): readonly string[] => {
  const reason = textAt(container, "state", "waiting", "reason");
  if (!/^Err|Error$|BackOff$/.test(reason)) return [];
  return [textAt(container, "state", "waiting", "message") || `container ${textAt(container, "name")}: ${reason}`];
};

const failureOf = (live: Manifest): string => {
  const all = [...objectsAt(live, "status", "initContainerStatuses"), ...containers(live)];
  for (const container of all) {
    const terminated = objectAt(container, "state", "terminated");
    const code = numberAt(terminated, "exitCode") ?? 0;
    const why = textAt(terminated, "message") || (textAt(terminated, "reason") === "OOMKilled" ? "OOMKilled" : "");
    if (why !== "") return why;
    if (code !== 0) return `container ${textAt(container, "name")} failed with exit code ${code}`;
  }
  return "the pod failed";
};
