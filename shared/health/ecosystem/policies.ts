/** Gatekeeper, Kyverno, Open Cluster Management, Capsule: rules for others, healthy once they are in force. */
import type { HealthCheck } from "../check.ts";
import { objectsAt, textAt } from "../fields.ts";
import { type Clause, field, goodOrBad, observedAs, rule, ruleIfAny, when } from "../rules.ts";

/** Each of Gatekeeper's pods says for itself what it made of it. */
const podErrors: Clause = (live) => {
  const [error] = objectsAt(live, "status", "byPod").flatMap((pod) => objectsAt(pod, "errors"));
  return error && { status: "Degraded", message: textAt(error, "message") || textAt(error, "code") };
};

const enforced: Clause = (live) => {
  const pods = objectsAt(live, "status", "byPod");
  if (pods.length === 0) return undefined;
  const waiting = pods.find((pod) => pod.enforced !== true);
  return waiting ? { status: "Progressing", message: `${textAt(waiting, "id")} does not enforce it yet` } : { status: "Healthy" };
};

/** What violates a constraint is no fault of the constraint's. */
const constraint = rule(podErrors, enforced);
const byPod = rule(podErrors, (live) => (objectsAt(live, "status", "byPod").length > 0 ? { status: "Healthy" } : undefined));

const kyverno = rule(
  when("Ready", "True", "Healthy"),
  when("Ready", "False", "Progressing"),
  field("status.conditionStatus.ready", { true: "Healthy", false: "Progressing" }),
  field("status.ready", { true: "Healthy" }),
);

const compliance = { Compliant: "Healthy", Pending: "Progressing" } as const;

export const policies: Readonly<Record<string, HealthCheck>> = {
  "templates.gatekeeper.sh/ConstraintTemplate": rule(podErrors, field("status.created", { true: "Healthy" })),
  "constraints.gatekeeper.sh/*": constraint,
  "mutations.gatekeeper.sh/*": byPod,
  "expansion.gatekeeper.sh/*": byPod,
  "kyverno.io/Policy": kyverno,
  "kyverno.io/ClusterPolicy": kyverno,
  "policies.kyverno.io/*": kyverno,
  // These have no controller that reports.
  "policies.kyverno.io/PolicyException": ruleIfAny(),
  "policy.open-cluster-management.io/CertificatePolicy": rule(field("status.compliant", compliance, "Degraded")),
  "policy.open-cluster-management.io/ConfigurationPolicy": rule(
    observedAs("status.lastEvaluatedGeneration"),
    field("status.compliant", compliance, "Degraded"),
  ),
  "policy.open-cluster-management.io/OperatorPolicy": rule(
    observedAs("status.observedGeneration"),
    when("Compliant", "True", "Healthy"),
    when("Compliant", "any", "Degraded"),
  ),
  "policy.open-cluster-management.io/Policy": rule(
    field("spec.disabled", { true: "Healthy" }),
    field("status.compliant", compliance, "Degraded"),
    // On the hub, before any cluster was chosen or none had to be.
    (live) =>
      objectsAt(live, "status", "placement").length > 0 && objectsAt(live, "status", "status").length === 0
        ? { status: "Healthy" }
        : undefined,
  ),
  "addons.projectcapsule.dev/*": rule(goodOrBad("Ready")),
};
