import type { JsonObject } from "../../../shared/model/json.ts";
import { readyOrNot, type State, said, states, status } from "./states.ts";

const byPod = (...pods: readonly JsonObject[]) => status({ byPod: pods });
const broken = { id: "audit-1", errors: [{ code: "ingest_error", message: "could not compile rego" }] };

states("templates.gatekeeper.sh/v1", "ConstraintTemplate", [
  ["just created", {}, "Progressing"],
  ["whose kind is served", status({ created: true, byPod: [{ id: "audit-1" }] }), "Healthy"],
  ["whose kind is not served yet", byPod({ id: "audit-1" }), "Progressing"],
  [
    "with rego that does not compile",
    status({ created: true, byPod: [{ id: "controller-1" }, broken] }),
    "Degraded",
    "could not compile rego",
  ],
]);
states("constraints.gatekeeper.sh/v1beta1", "K8sRequiredLabels", [
  ["just created", {}, "Progressing"],
  ["enforced", byPod({ id: "audit-1", enforced: true }, { id: "controller-1", enforced: true }), "Healthy"],
  [
    "not enforced everywhere",
    byPod({ id: "audit-1", enforced: true }, { id: "controller-1" }),
    "Progressing",
    "controller-1 does not enforce it yet",
  ],
  ["in error", byPod({ enforced: true, ...broken }), "Degraded"],
  ["enforced and violated, which is no fault of its own", status({ totalViolations: 7, byPod: [{ enforced: true }] }), "Healthy"],
]);
states("mutations.gatekeeper.sh/v1", "Assign", [
  ["just created", {}, "Progressing"],
  ["in force", byPod({ id: "controller-1", enforced: true }), "Healthy"],
  ["in error", byPod(broken), "Degraded"],
]);

const kyverno: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["ready", said(["Ready", "True", "Succeeded", "Ready"]), "Healthy"],
  ["not ready", said(["Ready", "False", "Failed", "policy is not ready"]), "Progressing", "policy is not ready"],
];
states("kyverno.io/v1", "ClusterPolicy", kyverno);
states("kyverno.io/v1", "Policy", kyverno);
states("policies.kyverno.io/v1alpha1", "ValidatingPolicy", [
  ["just created", {}, "Progressing"],
  ["ready", status({ conditionStatus: { ready: true } }), "Healthy"],
  ["not ready", status({ conditionStatus: { ready: false } }), "Progressing"],
]);
states("policies.kyverno.io/v1alpha1", "PolicyException", [["of any content", {}, "none"]]);

const compliance: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["compliant", status({ compliant: "Compliant", lastEvaluatedGeneration: 2 }), "Healthy"],
  ["not compliant", status({ compliant: "NonCompliant", lastEvaluatedGeneration: 2 }), "Degraded"],
];
for (const kind of ["ConfigurationPolicy", "CertificatePolicy", "Policy"]) states("policy.open-cluster-management.io/v1", kind, compliance);
states("policy.open-cluster-management.io/v1", "ConfigurationPolicy", [
  ["evaluated before its last change", status({ compliant: "Compliant", lastEvaluatedGeneration: 1 }), "Progressing"],
]);
states("policy.open-cluster-management.io/v1", "Policy", [["switched off", { spec: { disabled: true } }, "Healthy"]]);
states("policy.open-cluster-management.io/v1beta1", "OperatorPolicy", [
  ["compliant", said(["Compliant", "True"]), "Healthy"],
  ["not compliant", said(["Compliant", "False"]), "Degraded"],
]);
states("addons.projectcapsule.dev/v1alpha1", "SopsSecret", readyOrNot("Ready"));
