import type { JsonObject } from "../../../shared/model/json.ts";
import { type Fields, readyOrNot, type State, said, states, status } from "./states.ts";

const knative: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["deploying", said(["ConfigurationsReady", "Unknown"], ["Ready", "Unknown", "Deploying"]), "Progressing"],
  ["ready", said(["ConfigurationsReady", "True"], ["RoutesReady", "True"], ["Ready", "True"]), "Healthy"],
  [
    "without its image",
    said(["ConfigurationsReady", "False", "RevisionFailed", "no such image"], ["Ready", "False"]),
    "Degraded",
    "no such image",
  ],
  ["ready before its last change", status({ observedGeneration: 1, ...said(["Ready", "True"]).status }), "Progressing"],
];
states("serving.knative.dev/v1", "Service", knative);
states("eventing.knative.dev/v1", "Broker", knative);
states("sources.knative.dev/v1", "PingSource", knative);
states("serving.knative.dev/v1", "Revision", [
  [
    "not called for, which is no fault",
    status({
      conditions: [
        { type: "Active", status: "False", severity: "Info" },
        { type: "Ready", status: "True" },
      ],
    }),
    "Healthy",
  ],
]);
states("serving.kserve.io/v1beta1", "InferenceService", [
  ["loading", status({ modelStatus: { transitionStatus: "InProgress" } }), "Progressing"],
  ["loaded", status({ modelStatus: { transitionStatus: "UpToDate" }, ...said(["Ready", "True"]).status }), "Healthy"],
  ["blocked", status({ modelStatus: { transitionStatus: "BlockedByFailedLoad" } }), "Degraded"],
  ["stopped", said(["Stopped", "True"]), "Suspended"],
  ["of an older kind, starting", said(["PredictorReady", "False"]), "Progressing"],
]);

const clone = (strategy: JsonObject, fields: JsonObject): Fields => ({
  spec: { updateStrategy: strategy },
  status: { observedGeneration: 2, ...fields },
});
states("apps.kruise.io/v1alpha1", "CloneSet", [
  ["just created", {}, "Progressing"],
  ["paused", clone({ paused: true }, { replicas: 3 }), "Suspended"],
  ["updated", clone({}, { replicas: 3, updatedReplicas: 3, updatedAvailableReplicas: 3 }), "Healthy"],
  ["short of replicas", clone({}, { replicas: 3, updatedAvailableReplicas: 2 }), "Degraded", "2 of 3 updated replicas are available"],
  ["updated up to its partition", clone({ partition: 1 }, { replicas: 3, updatedReplicas: 2 }), "Suspended"],
  ["on the way to its partition", clone({ partition: 1 }, { replicas: 3, updatedReplicas: 1 }), "Progressing"],
  [
    "whose change is not observed",
    { spec: {}, status: { observedGeneration: 1, replicas: 3, updatedAvailableReplicas: 3 } },
    "Progressing",
  ],
]);
states("apps.kruise.io/v1beta1", "StatefulSet", [
  ["updated", clone({ rollingUpdate: {} }, { replicas: 3, updatedAvailableReplicas: 3 }), "Healthy"],
  ["paused", clone({ rollingUpdate: { paused: true } }, { replicas: 3 }), "Suspended"],
]);
states("apps.kruise.io/v1alpha1", "DaemonSet", [
  ["updated", clone({}, { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 4 }), "Healthy"],
]);
states("apps.kruise.io/v1alpha1", "BroadcastJob", [
  ["running", status({ phase: "running" }), "Progressing"],
  ["completed", status({ phase: "completed" }), "Healthy"],
  ["failed", status({ phase: "failed" }), "Degraded"],
]);
states("apps.kruise.io/v1alpha1", "AdvancedCronJob", [
  ["running", status({ active: [{}], lastScheduleTime: "2026-01-01T00:00:00Z" }), "Progressing"],
  ["run", status({ lastScheduleTime: "2026-01-01T00:00:00Z" }), "Healthy"],
  ["paused before its first run", { spec: { paused: true }, status: {} }, "Suspended"],
]);
states("game.kruise.io/v1alpha1", "GameServerSet", [
  ["short of servers", clone({}, { replicas: 3, updatedReadyReplicas: 2 }), "Progressing"],
]);
states("game.kruise.io/v1alpha1", "GameServer", [
  ["being created", status({ currentState: "Creating", desiredState: "Ready" }), "Progressing", "Creating, to become Ready"],
  ["ready", status({ currentState: "Ready", desiredState: "Ready" }), "Healthy"],
  [
    "whose pod is not ready",
    status({ currentState: "Ready", desiredState: "Ready", podStatus: { conditions: [{ type: "KruisePodReady", status: "False" }] } }),
    "Degraded",
  ],
]);
states("rollouts.kruise.io/v1beta1", "Rollout", [
  [
    "paused at a step",
    status({ observedGeneration: 2, phase: "Progressing", canaryStatus: { currentStepState: "StepPaused" } }),
    "Suspended",
  ],
  ["completed", status({ observedGeneration: 2, phase: "Healthy", canaryStatus: { currentStepState: "Completed" } }), "Healthy"],
]);

const spark = (spec: JsonObject, running: number): Fields => ({
  spec,
  status: {
    applicationState: { state: "RUNNING" },
    executorState: Object.fromEntries(Array.from({ length: running }, (_, at) => [`executor-${at}`, "RUNNING"])),
  },
});
const dynamic = { dynamicAllocation: { enabled: true, minExecutors: 2, maxExecutors: 4 } };
const configured = { sparkConf: { "spark.dynamicAllocation.enabled": "true", "spark.dynamicAllocation.minExecutors": "2" } };
states("sparkoperator.k8s.io/v1beta2", "SparkApplication", [
  ["submitted", status({ applicationState: { state: "SUBMITTED" } }), "Progressing"],
  ["running with all executors", spark({ executor: { instances: 2 } }, 2), "Healthy"],
  ["running with few executors", spark({ executor: { instances: 2 } }, 1), "Progressing", "1 of 2 executors run"],
  ["running within its range", spark(dynamic, 3), "Healthy"],
  ["running below its range", spark(dynamic, 1), "Progressing"],
  ["running within a range of its configuration", spark(configured, 9), "Healthy"],
  ["completed", status({ applicationState: { state: "COMPLETED" } }), "Healthy"],
  ["failed", status({ applicationState: { state: "FAILED" } }), "Degraded"],
]);
states("flink.apache.org/v1beta1", "FlinkDeployment", [
  ["deploying", status({ jobManagerDeploymentStatus: "DEPLOYING", reconciliationStatus: {} }), "Progressing"],
  ["deployed", status({ jobManagerDeploymentStatus: "READY", reconciliationStatus: { state: "DEPLOYED" } }), "Healthy"],
  ["in error", status({ jobManagerDeploymentStatus: "ERROR" }), "Degraded"],
  ["never deployed, and not to be", { spec: { job: { state: "suspended" } } }, "Healthy"],
  [
    "deployed, and to be suspended",
    { spec: { job: { state: "suspended" } }, status: { reconciliationStatus: { lastReconciledSpec: "{}" } } },
    "Progressing",
  ],
]);

states("kubevirt.io/v1", "VirtualMachine", [
  ["just created", { spec: { running: true } }, "Progressing"],
  ["stopped as declared", { spec: { runStrategy: "Halted" } }, "Healthy"],
  ["starting", { spec: { running: true }, status: { created: true, ...said(["Ready", "False"]).status } }, "Progressing"],
  ["running", { spec: { running: true }, status: { created: true, ...said(["Ready", "True"]).status } }, "Healthy"],
  ["paused", { status: { created: true, ...said(["Ready", "True"], ["Paused", "True"]).status } }, "Suspended"],
  ["stopped by itself", { status: { printableStatus: "Stopped", ...said(["Ready", "False"]).status } }, "Suspended", "Stopped"],
]);
states("kubevirt.io/v1", "VirtualMachineInstance", [
  ["being scheduled", status({ phase: "Scheduling" }), "Progressing"],
  ["running", status({ phase: "Running", ...said(["Ready", "True"]).status }), "Healthy"],
  ["failed", status({ phase: "Failed" }), "Degraded"],
]);
states("cdi.kubevirt.io/v1beta1", "DataVolume", [
  ["importing", status({ phase: "ImportInProgress" }), "Progressing"],
  ["imported", status({ phase: "Succeeded" }), "Healthy"],
  [
    "failing on its way",
    status({ phase: "ImportInProgress", ...said(["Running", "False", "Error", "no space"]).status }),
    "Degraded",
    "no space",
  ],
]);
states("tekton.dev/v1", "PipelineRun", readyOrNot("Succeeded"));
states("work.karmada.io/v1alpha2", "ResourceBinding", [
  ["without clusters", { spec: {}, status: {} }, "Progressing"],
  ["not yet everywhere", { spec: { clusters: [{}, {}] }, status: { aggregatedStatus: [{ health: "Healthy" }] } }, "Progressing"],
  ["everywhere", { spec: { clusters: [{}] }, status: { aggregatedStatus: [{ health: "Healthy", applied: true }] } }, "Healthy"],
  [
    "of unknown health but applied",
    { spec: { clusters: [{}] }, status: { aggregatedStatus: [{ health: "Unknown", applied: true }] } },
    "Healthy",
  ],
  [
    "refused by a cluster",
    { spec: { clusters: [{}] }, status: { aggregatedStatus: [{ clusterName: "eu", health: "Unhealthy" }] } },
    "Degraded",
    "eu: unhealthy",
  ],
]);
states("apps.openshift.io/v1", "DeploymentConfig", [
  ["just created", {}, "Progressing"],
  [
    "rolled out",
    status({ replicas: 1, ...said(["Available", "True"], ["Progressing", "True", "NewReplicationControllerAvailable"]).status }),
    "Healthy",
  ],
  ["scaled to nothing", status({ replicas: 0, ...said(["Available", "False"]).status }), "Healthy"],
  ["starting", status({ replicas: 1, ...said(["Available", "True"], ["Progressing", "Unknown"]).status }), "Progressing"],
  ["broken", status({ replicas: 1, ...said(["Available", "False"], ["Progressing", "False"]).status }), "Degraded"],
]);
states("openfaas.com/v1", "Function", [
  ["scaled to nothing", status({ replicas: 0, ...said(["Ready", "True"]).status }), "Suspended"],
  ["ready", status({ replicas: 1, ...said(["Ready", "True"]).status }), "Healthy"],
]);
states("core.spinkube.dev/v1alpha1", "SpinApp", [
  ["past its deadline", said(["Progressing", "False", "ProgressDeadlineExceeded"]), "Degraded"],
]);
