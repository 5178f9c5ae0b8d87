/** What makes things outside the cluster: Crossplane, Upbound, ACK, Config Connector, Azure Service Operator, kro, Pulumi, SAP. */
import type { HealthStatus } from "../../model/operation.ts";
import type { HealthCheck } from "../check.ts";
import { type Clause, field, firstOf, goodOrBad, healthBy, observedInConditions, rule, ruleIfAny, when, whenCondition } from "../rules.ts";

/** Kinds of configuration, which nobody reports on. */
const settled: ReadonlySet<string> = new Set([
  ...["Composition", "CompositionRevision", "DeploymentRuntimeConfig", "EnvironmentConfig", "ImageConfig", "ControllerConfig"],
  ...["ProviderConfig", "ProviderConfigUsage", "ClusterProviderConfig", "ClusterProviderConfigUsage", "StoreConfig"],
]);
const isSettled: Clause = (live, conditions) => (conditions.length === 0 && settled.has(live.kind) ? { status: "Healthy" } : undefined);

export const crossplane = rule(
  isSettled,
  when("Synced", "False", "Suspended", "ReconcilePaused"),
  when("Synced", "False", "Degraded"),
  when("LastAsyncOperation", "False", "Degraded"),
  ...["Ready", "Healthy", "Offered", "Established", "ValidPipeline", "RevisionHealthy"].map((type) => when(type, "True", "Healthy")),
  whenCondition(({ type, status }) => type === "Ready" && status !== "True", "Progressing"),
);

/** Terraform's exit: only what its newest generation came to counts, and a missing dependency may still appear. */
const configConnector = rule(
  field("status.healthy", { true: "Healthy", false: "Degraded" }),
  whenCondition(({ reason, status }) => reason === "UpToDate" && status === "True", "Healthy"),
  whenCondition(({ reason }) => reason === "UpdateFailed" || reason === "DependencyNotFound", "Degraded"),
  whenCondition(({ reason }) => reason === "DependencyNotReady", "Suspended"),
  when("Ready", "any", "Progressing"),
);

const ack = rule(
  when("ACK.Terminal", "True", "Degraded"),
  when("Ready", "True", "Healthy"),
  when("Ready", "any", "Progressing"),
  // Controllers before 2025 say only this.
  when("ACK.ResourceSynced", "True", "Healthy"),
  when("ACK.ResourceSynced", "any", "Progressing"),
);

/** Every second project has kinds below azure.com; those of the service operator say Ready. */
const azure = ruleIfAny(
  whenCondition(({ type, status, severity }) => type === "Ready" && status === "False" && severity === "Error", "Degraded"),
  firstOf(when("Ready", "True", "Healthy"), when("Ready", "any", "Progressing")),
);

const sap = rule(
  observedInConditions,
  when("Failed", "True", "Degraded"),
  when("Succeeded", "False", "Degraded"),
  when("Ready", "True", "Healthy"),
  when("Succeeded", "True", "Healthy"),
);

const shootStatuses = new Map<string | undefined, HealthStatus>([
  ["healthy", "Healthy"],
  ["progressing", "Progressing"],
  ["unhealthy", "Degraded"],
  ["unknown", "Unknown"],
]);
/** Gardener tells by label, so that shoots can be selected by it. */
const shoot: Clause = ({ metadata }) => {
  const told = metadata.labels?.["shoot.gardener.cloud/status"];
  const status = shootStatuses.get(told);
  return status && healthBy(status, `its label says ${told}`);
};

export const clouds: Readonly<Record<string, HealthCheck>> = {
  "*.crossplane.io/*": crossplane,
  "*.upbound.io/*": crossplane,
  "pkg.crossplane.io/Provider": rule(
    when("Installed", "False", "Degraded"),
    when("Healthy", "False", "Degraded"),
    when("Healthy", "True", "Healthy"),
  ),
  "*.services.k8s.aws/*": ack,
  "*.cnrm.cloud.google.com/*": configConnector,
  "*.azure.com/*": azure,
  "services.cloud.sap.com/*": sap,
  "kro.run/ResourceGraphDefinition": rule(field("status.state", { Active: "Healthy", Inactive: "Degraded" }), goodOrBad("Ready")),
  "pulumi.com/Stack": rule(when("Stalled", "True", "Degraded"), when("Reconciling", "True", "Progressing"), goodOrBad("Ready")),
  "app.terraform.io/Workspace": ruleIfAny(field("status.runStatus.status", { applied: "Healthy", errored: "Degraded" }, "Progressing")),
  "iammanager.keikoproj.io/Iamrole": rule(
    field("status.state", {
      Ready: "Healthy",
      Error: "Degraded",
      RolesMaxLimitReached: "Degraded",
      PolicyNotAllowed: "Degraded",
      RoleNameNotAvailable: "Degraded",
    }),
  ),
  "core.gardener.cloud/Shoot": rule(shoot),
};
