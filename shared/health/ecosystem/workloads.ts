/** Custom workloads: Knative, KServe, OpenKruise, Spark, Flink, KubeVirt, Tekton, Karmada, OpenShift and others. */
import { isJsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { HealthStatus } from "../../model/operation.ts";
import type { Health, HealthCheck } from "../check.ts";
import { numberAt, objectAt, objectsAt, textAt } from "../fields.ts";
import { type Clause, field, goodOrBad, healthBy, observedAs, rule, suspended, when, whenCondition, withConditions } from "../rules.ts";

/** Knative: one bad condition is enough, and `Unknown` is work. */
const knative = rule(
  whenCondition(({ status, severity }) => status === "False" && severity !== "Info", "Degraded"),
  whenCondition(({ status }) => status === "Unknown", "Progressing"),
  when("Ready", "True", "Healthy"),
);

/** What Kruise's kinds share: a partition is where a person is to look before more is updated. */
const kruise = (
  wanted: string,
  available: string,
  updated: string,
  pauses: string,
  short: HealthStatus = "Degraded",
): readonly Clause[] => [
  observedAs("status.observedGeneration"),
  suspended(`${pauses}.paused`),
  (live) => {
    if (live.status === undefined) return undefined;
    const [all, ready] = [numberAt(live, "status", wanted) ?? 0, numberAt(live, "status", available) ?? 0];
    const partition = numberAt(live, ...pauses.split("."), "partition") ?? 0;
    if (partition !== 0 && (live.metadata.generation ?? 0) > 1) {
      return (numberAt(live, "status", updated) ?? 0) >= all - partition
        ? { status: "Suspended", message: "updated up to its partition" }
        : { status: "Progressing", message: "updating up to its partition" };
    }
    return ready === all ? { status: "Healthy" } : healthBy(short, `${ready} of ${all} updated replicas are available`);
  },
];

const spark: Clause = (live) => {
  if (textAt(live, "status", "applicationState", "state") !== "RUNNING") return undefined;
  const running = Object.values(objectAt(live, "status", "executorState")).filter((state) => state === "RUNNING").length;
  const { min, max } = executors(live);
  return running >= min && running <= max
    ? { status: "Healthy" }
    : { status: "Progressing", message: `${running} of ${min} executors run` };
};

/** As many as the spec says, or the range of dynamic allocation, in either place where that can be written. */
const executors = (live: Manifest): { readonly min: number; readonly max: number } => {
  const dynamic = objectAt(live, "spec", "dynamicAllocation");
  if (dynamic.enabled === true) return rangeOf(dynamic.minExecutors, dynamic.maxExecutors);
  const instances = numberAt(live, "spec", "executor", "instances");
  const conf = objectAt(live, "spec", "sparkConf");
  for (const prefix of ["spark.streaming.dynamicAllocation", "spark.dynamicAllocation"]) {
    if (conf[`${prefix}.enabled`] === "true") return rangeOf(conf[`${prefix}.minExecutors`], conf[`${prefix}.maxExecutors`]);
  }
  return instances === undefined ? { min: 1, max: Number.POSITIVE_INFINITY } : { min: instances, max: instances };
};

const rangeOf = (min: unknown, max: unknown) => ({
  min: min === undefined ? 0 : Number(min),
  max: max === undefined ? Number.POSITIVE_INFINITY : Number(max),
});

/** A machine that is declared to be off is as it should be. */
const stoppedAsDeclared: Clause = (live) => {
  const { running, runStrategy } = objectAt(live, "spec");
  return (running === false || runStrategy === "Halted") && objectAt(live, "status").created !== true ? { status: "Healthy" } : undefined;
};

const virtualMachine = rule(stoppedAsDeclared, when("Paused", "True", "Suspended"), when("Ready", "True", "Healthy"), (live, conditions) =>
  conditions.some(({ type }) => type === "Ready") && objectAt(live, "status").created !== true
    ? { status: "Suspended", message: textAt(live, "status", "printableStatus") || "stopped" }
    : undefined,
);

const karmada: Clause = (live) => {
  const [clusters, told] = [objectsAt(live, "spec", "clusters"), objectsAt(live, "status", "aggregatedStatus")];
  if (clusters.length === 0 || clusters.length !== told.length) return undefined;
  const bad = told.find(({ health, applied }) => health === "Unhealthy" || (health === "Unknown" && applied !== true));
  return bad
    ? { status: "Degraded", message: `${textAt(bad, "clusterName") || "a cluster"}: ${textAt(bad, "appliedMessage") || "unhealthy"}` }
    : { status: "Healthy" };
};

const deploymentConfig: Clause = (live, conditions) => {
  const replicas = numberAt(live, "status", "replicas");
  if (replicas === undefined || conditions.length === 0) return undefined;
  const good = conditions.filter(
    ({ type, status, reason }) => status === "True" && (type === "Available" || reason === "NewReplicationControllerAvailable"),
  );
  if (good.length >= 2 || replicas === 0) return { status: "Healthy" };
  return good.length === 1
    ? { status: "Progressing", message: "waiting for its pods to run" }
    : { status: "Degraded", message: "it is not available" };
};

const gameServer: Clause = (live) => {
  const [current, desired] = [textAt(live, "status", "currentState"), textAt(live, "status", "desiredState")];
  if (current === "") return undefined;
  if (current !== desired) return { status: "Progressing", message: `${current}, to become ${desired}` };
  const pod = objectsAt(live, "status", "podStatus", "conditions").find(({ type }) => type === "KruisePodReady");
  if (pod && pod.status !== "True") return { status: "Degraded", message: textAt(pod, "message") || "its pod is not ready" };
  return current === "Ready" ? { status: "Healthy" } : undefined;
};

const waitingForFlink: Health = { status: "Progressing", message: "waiting for the Flink operator" };

/** Tekton: one condition, whose `Unknown` is a run under way. */
const tekton = rule(goodOrBad("Succeeded"));

export const workloads: Readonly<Record<string, HealthCheck>> = {
  "serving.knative.dev/*": knative,
  "eventing.knative.dev/*": knative,
  "messaging.knative.dev/*": knative,
  "sources.knative.dev/*": knative,
  "flows.knative.dev/*": knative,
  "serving.kserve.io/InferenceService": rule(
    when("Stopped", "True", "Suspended"),
    field("status.modelStatus.transitionStatus", { UpToDate: "Healthy", InProgress: "Progressing" }, "Degraded"),
    whenCondition(({ type, status }) => type !== "Stopped" && status !== "True", "Progressing"),
    withConditions("Healthy", ""),
  ),
  "apps.kruise.io/CloneSet": rule(...kruise("replicas", "updatedAvailableReplicas", "updatedReplicas", "spec.updateStrategy")),
  "apps.kruise.io/StatefulSet": rule(
    ...kruise("replicas", "updatedAvailableReplicas", "updatedReplicas", "spec.updateStrategy.rollingUpdate"),
  ),
  "apps.kruise.io/DaemonSet": rule(
    ...kruise("desiredNumberScheduled", "numberAvailable", "updatedNumberScheduled", "spec.updateStrategy.rollingUpdate"),
  ),
  "apps.kruise.io/BroadcastJob": rule(field("status.phase", { completed: "Healthy", failed: "Degraded", paused: "Suspended" })),
  "apps.kruise.io/AdvancedCronJob": rule(
    (live) => (objectsAt(live, "status", "active").length > 0 ? { status: "Progressing", message: "a job is running" } : undefined),
    (live) => (textAt(live, "status", "lastScheduleTime") === "" ? undefined : { status: "Healthy" }),
    suspended("spec.paused"),
    (live) => (live.status === undefined ? undefined : { status: "Degraded", message: "it was never scheduled" }),
  ),
  "game.kruise.io/GameServerSet": rule(
    ...kruise("replicas", "updatedReadyReplicas", "updatedReplicas", "spec.updateStrategy.rollingUpdate", "Progressing"),
  ),
  "game.kruise.io/GameServer": rule(gameServer),
  "core.spinkube.dev/SpinApp": rule(
    when("Progressing", "False", "Degraded", "ProgressDeadlineExceeded"),
    when("Available", "False", "Degraded"),
    when("Progressing", "True", "Progressing"),
    when("Available", "True", "Healthy"),
  ),
  "rollouts.kruise.io/Rollout": rule(
    observedAs("status.observedGeneration"),
    field("status.phase", { Healthy: "Healthy", Terminating: "Degraded", Disabled: "Degraded" }),
    field("status.canaryStatus.currentStepState", { StepPaused: "Suspended" }),
  ),
  "sparkoperator.k8s.io/SparkApplication": rule(
    spark,
    field(
      "status.applicationState.state",
      { COMPLETED: "Healthy", FAILED: "Degraded", SUBMISSION_FAILED: "Degraded", FAILING: "Degraded", INVALIDATING: "Missing" },
      "Progressing",
    ),
  ),
  "flink.apache.org/FlinkDeployment": rule(
    field("status.jobManagerDeploymentStatus", { ERROR: "Degraded", DEPLOYING: "Progressing", DEPLOYED_NOT_READY: "Progressing" }),
    field("status.reconciliationStatus.success", { true: "Healthy" }),
    field("status.reconciliationStatus.state", { DEPLOYED: "Healthy" }),
    (live) => (Object.keys(objectAt(live, "status", "reconciliationStatus")).includes("lastReconciledSpec") ? waitingForFlink : undefined),
    // Never deployed, and not to be.
    field("spec.job.state", { suspended: "Healthy" }),
  ),
  "kubevirt.io/VirtualMachine": virtualMachine,
  "kubevirt.io/VirtualMachineInstance": rule(
    field("status.phase", {
      Failed: "Degraded",
      Pending: "Progressing",
      Scheduling: "Progressing",
      Scheduled: "Progressing",
      Succeeded: "Suspended",
      Unknown: "Unknown",
    }),
    when("Paused", "True", "Suspended"),
    when("Ready", "True", "Healthy"),
    when("Ready", "any", "Degraded"),
  ),
  "cdi.kubevirt.io/DataVolume": rule(
    when("Running", "False", "Degraded", "Error"),
    field("status.phase", { Succeeded: "Healthy", Failed: "Degraded", Unknown: "Degraded", Paused: "Suspended" }),
  ),
  "tekton.dev/PipelineRun": tekton,
  "tekton.dev/TaskRun": tekton,
  "work.karmada.io/ResourceBinding": rule(karmada),
  "work.karmada.io/ClusterResourceBinding": rule(karmada),
  "apps.openshift.io/DeploymentConfig": rule(deploymentConfig),
  "openfaas.com/Function": rule(
    when("Stalled", "True", "Degraded"),
    when("Ready", "False", "Degraded"),
    (live, conditions) =>
      (numberAt(live, "status", "replicas") ?? 0) > 0 ? undefined : when("Ready", "True", "Suspended")(live, conditions),
    goodOrBad("Ready"),
  ),
  "camel.apache.org/Integration": rule(goodOrBad("Ready")),
  "spot.io/SpotDeployment": rule(
    when("InvalidSpec", "any", "Degraded"),
    when("Progressing", "any", "Degraded", "RolloutAborted", "ProgressDeadlineExceeded"),
    when("Paused", "True", "Suspended"),
    field("status.phase", { Progressing: "Progressing" }),
    (live) => (isJsonObject(live.status) ? { status: "Healthy" } : undefined),
  ),
};
