/** KEDA, Karpenter, Cluster API: what makes pods and nodes. */
import type { HealthCheck } from "../check.ts";
import { numberAt } from "../fields.ts";
import { type Clause, field, goodOrBad, rule, suspended, when, whenCondition } from "../rules.ts";

const node = rule(goodOrBad("Ready"));

/** Paused is told beside Ready, not instead of it. */
const keda = rule(
  when("Fallback", "True", "Degraded"),
  when("Ready", "False", "Degraded"),
  when("Ready", "Unknown", "Degraded"),
  when("Paused", "True", "Suspended"),
  when("Ready", "True", "Healthy"),
);

/** Cluster API says Ready: False for what takes its time, too, and grades it: Info is work, anything else trouble. */
const notReady = whenCondition(({ type, status, severity }) => type === "Ready" && status === "False" && severity !== "Info", "Degraded");

const machines = rule(
  suspended("spec.paused"),
  field("status.phase", { Running: "Healthy", ScalingUp: "Progressing", ScalingDown: "Progressing", Failed: "Degraded" }, "Progressing"),
);

const remediation: Clause = (live) => {
  const [healthy, expected] = [numberAt(live, "status", "currentHealthy"), numberAt(live, "status", "expectedMachines")];
  if (healthy === undefined) return undefined;
  return healthy === expected
    ? { status: "Healthy" }
    : { status: "Degraded", message: `${healthy} of ${expected ?? 0} machines are healthy` };
};

/** Infrastructure, bootstrap and control planes of any provider. */
const provider = rule(
  // Templates are copied from, never made.
  (live) => (live.kind.endsWith("Template") ? { status: "Healthy" } : undefined),
  whenCondition(({ status, severity }) => status === "False" && severity === "Error", "Degraded"),
  when("Ready", "True", "Healthy"),
  when("Ready", "any", "Progressing"),
  field("status.ready", { true: "Healthy", false: "Progressing" }),
  field("status.initialization.provisioned", { true: "Healthy" }),
);

export const scaling: Readonly<Record<string, HealthCheck>> = {
  "keda.sh/ScaledObject": keda,
  "keda.sh/ScaledJob": keda,
  "karpenter.sh/NodePool": node,
  "karpenter.sh/NodeClaim": rule(when("Disrupting", "True", "Suspended"), goodOrBad("Ready")),
  "karpenter.k8s.aws/EC2NodeClass": node,
  "karpenter.azure.com/AKSNodeClass": node,
  "karpenter.k8s.gcp/GCENodeClass": node,
  "eks.amazonaws.com/NodeClass": node,
  "cluster.x-k8s.io/Cluster": rule(
    suspended("spec.paused"),
    notReady,
    field("status.phase", { Provisioned: "Healthy", Failed: "Degraded" }, "Progressing"),
  ),
  "cluster.x-k8s.io/Machine": rule(field("status.phase", { Running: "Healthy", Failed: "Degraded" }, "Progressing")),
  "cluster.x-k8s.io/MachineDeployment": machines,
  "cluster.x-k8s.io/MachinePool": rule(
    field("status.phase", { Running: "Healthy", Scaling: "Healthy", Failed: "Degraded", Unknown: "Degraded" }, "Progressing"),
  ),
  "cluster.x-k8s.io/MachineHealthCheck": rule(remediation),
  "addons.cluster.x-k8s.io/ClusterResourceSet": rule(goodOrBad("ResourcesApplied")),
  "infrastructure.cluster.x-k8s.io/*": provider,
  "bootstrap.cluster.x-k8s.io/*": provider,
  "controlplane.cluster.x-k8s.io/*": provider,
};
