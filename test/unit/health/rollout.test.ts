import type { JsonObject } from "../../../shared/model/json.ts";
import { condition } from "./objects.ts";
import { type Fields, type State, states, status } from "./states.ts";

const canary = { replicas: 3, strategy: { canary: { steps: [{ setWeight: 20 }] } } };
const blueGreen = { replicas: 3, strategy: { blueGreen: { activeService: "web" } } };
const phase = (name: string, message?: string): Fields => ({ spec: canary, status: { observedGeneration: "2", phase: name, message } });

states("argoproj.io/v1alpha1", "Rollout", [
  ["as published, without a controller", { spec: canary }, "Progressing", "waiting for the change to be observed"],
  ["healthy", phase("Healthy"), "Healthy"],
  ["progressing", phase("Progressing", "more replicas need to be updated"), "Progressing", "more replicas need to be updated"],
  ["paused at a step", phase("Paused", "CanaryPauseStep"), "Suspended", "CanaryPauseStep"],
  ["aborted", phase("Degraded", "RolloutAborted"), "Degraded", "RolloutAborted"],
  ["in a phase that nobody knows", phase("Dancing"), "Unknown"],
  ["whose change is not observed yet", { spec: canary, status: { observedGeneration: "1", phase: "Healthy" } }, "Progressing"],
  ["observed as a number", { spec: canary, status: { observedGeneration: 2, phase: "Healthy" } }, "Healthy"],
  ["observed as a hash, by an old controller", { spec: canary, status: { observedGeneration: "7f9c6d4b5", phase: "Healthy" } }, "Healthy"],
]);

const workload = (observed: string): Fields => ({
  metadata: { annotations: { "rollout.argoproj.io/workload-generation": "5" } },
  spec: { ...canary, workloadRef: { kind: "Deployment", name: "web" } },
  status: { observedGeneration: "2", workloadObservedGeneration: observed, phase: "Healthy" },
});
states("argoproj.io/v1alpha1", "Rollout", [
  ["of a Deployment whose change it has seen", workload("5"), "Healthy"],
  ["of a Deployment whose change it has not seen", workload("4"), "Progressing"],
]);

const rolled = { observedGeneration: "2", currentPodHash: "new", replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
const older = (spec: JsonObject, fields: JsonObject): Fields => ({ spec, status: { ...rolled, ...fields } });
const before: readonly State[] = [
  ["with an invalid spec", older(canary, { conditions: [condition("InvalidSpec", "True", "", "no template")] }), "Degraded", "no template"],
  ["past its deadline", older(canary, { conditions: [condition("Progressing", "False", "ProgressDeadlineExceeded")] }), "Degraded"],
  ["aborted", older(canary, { conditions: [condition("Progressing", "False", "RolloutAborted")] }), "Degraded"],
  ["paused by its steps", older(canary, { pauseConditions: [{ reason: "CanaryPauseStep" }] }), "Suspended"],
  ["paused by a person", older({ ...canary, paused: true }, {}), "Suspended"],
  ["not reckoned yet", { spec: canary, status: { observedGeneration: "2" } }, "Progressing"],
  ["with few updated replicas", older(canary, { updatedReplicas: 1 }), "Progressing", "1 of 3 replicas are updated"],
  ["with few available replicas", older(canary, { availableReplicas: 2 }), "Progressing", "2 of 3 updated replicas are available"],
  ["with old replicas left", older(canary, { replicas: 5, stableRS: "new" }), "Progressing", "2 old replicas are yet to end"],
  ["in the middle of its steps", older(canary, { stableRS: "old" }), "Progressing", "its steps are not finished"],
  ["with all steps done", older(canary, { stableRS: "new" }), "Healthy"],
  ["with all steps done, told in the old place", older(canary, { canary: { stableRS: "new" } }), "Healthy"],
  ["blue-green, not switched over", older(blueGreen, { blueGreen: { activeSelector: "old" } }), "Progressing"],
  ["blue-green, in analysis", older(blueGreen, { blueGreen: { activeSelector: "new" }, stableRS: "old" }), "Progressing"],
  ["blue-green, done", older(blueGreen, { blueGreen: { activeSelector: "new" }, stableRS: "new" }), "Healthy"],
];
states(
  "argoproj.io/v1alpha1",
  "Rollout",
  before.map(([state, ...rest]): State => [`by a controller without phases: ${state}`, ...rest]),
);

states("argoproj.io/v1alpha1", "AnalysisRun", [
  ["just created", {}, "Progressing"],
  ["running", status({ phase: "Running" }), "Progressing"],
  ["successful", status({ phase: "Successful" }), "Healthy"],
  ["failed", status({ phase: "Failed", message: "metric is too high" }), "Degraded", "metric is too high"],
  ["in error", status({ phase: "Error" }), "Degraded"],
  ["inconclusive", status({ phase: "Inconclusive" }), "Unknown"],
]);
states("argoproj.io/v1alpha1", "Experiment", [
  ["just created", {}, "Progressing"],
  ["pending", status({ phase: "Pending" }), "Progressing"],
  ["successful", status({ phase: "Successful" }), "Healthy"],
  ["failed", status({ phase: "Failed" }), "Degraded", "its phase is Failed"],
]);
