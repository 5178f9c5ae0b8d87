import { readyOrNot, type State, said, states, status } from "./states.ts";

const keda: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["scaling", said(["Ready", "True"], ["Active", "True"], ["Fallback", "False"]), "Healthy"],
  ["idle", said(["Ready", "True"], ["Active", "False"], ["Paused", "Unknown"]), "Healthy"],
  ["without its target", said(["Ready", "False", "ScaledObjectCheckFailed", "no such Deployment"]), "Degraded", "no such Deployment"],
  ["whose trigger fails, at its fallback", said(["Ready", "True"], ["Fallback", "True", "FallbackExists"]), "Degraded"],
  ["paused", said(["Ready", "True"], ["Paused", "True", "ScaledObjectPaused"]), "Suspended"],
];
states("keda.sh/v1alpha1", "ScaledObject", keda);
states("keda.sh/v1alpha1", "ScaledJob", keda);

for (const [apiVersion, kind] of [
  ["karpenter.sh/v1", "NodePool"],
  ["karpenter.sh/v1", "NodeClaim"],
  ["karpenter.k8s.aws/v1", "EC2NodeClass"],
  ["karpenter.azure.com/v1beta1", "AKSNodeClass"],
  ["eks.amazonaws.com/v1", "NodeClass"],
] as const) {
  states(apiVersion, kind, readyOrNot("Ready"));
}
states("karpenter.sh/v1", "NodeClaim", [
  ["launched, not yet a node", said(["Launched", "True"], ["Registered", "Unknown"]), "Progressing"],
  ["being disrupted", said(["Ready", "True"], ["Disrupting", "True", "Drifted"]), "Suspended", "Drifted"],
]);

const graded = (severity: string, phase: string) =>
  status({ phase, conditions: [{ type: "Ready", status: "False", severity, reason: "ScalingUp", message: "1 of 3 machines" }] });
states("cluster.x-k8s.io/v1beta1", "Cluster", [
  ["just created", {}, "Progressing"],
  ["paused", { spec: { paused: true }, ...status({ phase: "Provisioned" }) }, "Suspended"],
  ["being provisioned", status({ phase: "Provisioning" }), "Progressing"],
  ["provisioned", status({ phase: "Provisioned", ...said(["Ready", "True"]).status }), "Healthy"],
  ["provisioned, with work going on", graded("Info", "Provisioned"), "Healthy"],
  ["provisioned, in trouble", graded("Error", "Provisioned"), "Degraded", "1 of 3 machines"],
  ["failed", status({ phase: "Failed" }), "Degraded"],
]);
states("cluster.x-k8s.io/v1beta1", "Machine", [
  ["just created", {}, "Progressing"],
  ["provisioned, not yet a node", status({ phase: "Provisioned" }), "Progressing"],
  ["running", status({ phase: "Running" }), "Healthy"],
  ["failed", status({ phase: "Failed" }), "Degraded"],
]);
states("cluster.x-k8s.io/v1beta1", "MachineDeployment", [
  ["paused", { spec: { paused: true } }, "Suspended"],
  ["scaling up", status({ phase: "ScalingUp" }), "Progressing"],
  ["running", status({ phase: "Running" }), "Healthy"],
  ["running before its last change", status({ phase: "Running", observedGeneration: 1 }), "Progressing"],
]);
states("cluster.x-k8s.io/v1beta1", "MachinePool", [
  ["scaling", status({ phase: "Scaling" }), "Healthy"],
  ["failed", status({ phase: "Failed" }), "Degraded"],
]);
states("cluster.x-k8s.io/v1beta1", "MachineHealthCheck", [
  ["just created", {}, "Progressing"],
  ["of healthy machines", status({ expectedMachines: 3, currentHealthy: 3 }), "Healthy"],
  ["of unhealthy machines", status({ expectedMachines: 3, currentHealthy: 2 }), "Degraded", "2 of 3 machines are healthy"],
]);
states("addons.cluster.x-k8s.io/v1beta1", "ClusterResourceSet", readyOrNot("ResourcesApplied"));
states("controlplane.cluster.x-k8s.io/v1beta2", "AWSManagedControlPlane", [
  ["just created", {}, "Progressing"],
  ["ready", status({ ready: true, ...said(["Ready", "True"]).status }), "Healthy"],
  ["being made", status({ ready: false, ...said(["Ready", "False"]).status }), "Progressing"],
  [
    "failed",
    status({ conditions: [{ type: "EKSControlPlaneReady", status: "False", severity: "Error", message: "limit" }] }),
    "Degraded",
    "limit",
  ],
]);
states("infrastructure.cluster.x-k8s.io/v1beta2", "AWSMachine", [
  ["just created", {}, "Progressing"],
  ["ready", status({ ready: true }), "Healthy"],
]);
states("infrastructure.cluster.x-k8s.io/v1beta2", "AWSMachineTemplate", [["that machines are copied from", {}, "Healthy"]]);
