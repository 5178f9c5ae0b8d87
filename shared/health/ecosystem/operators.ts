/** Monitoring, identity, and what operators of other products report: mostly one condition or one word. */
import type { HealthCheck } from "../check.ts";
import { at, objectsAt, textAt } from "../fields.ts";
import { always, type Clause, field, goodOrBad, observedAs, rule, when, whenCondition, withConditions } from "../rules.ts";

const prometheus = rule(
  when("Available", "True", "Healthy"),
  when("Available", "any", "Progressing", "SomePodsNotReady"),
  when("Available", "any", "Degraded"),
);

/** `2/3`: ready and wanted replicas. */
const collector: Clause = (live) => {
  const mode = textAt(live, "spec", "mode");
  const [, ready, all] = /^(\d+)\/(\d+)$/.exec(textAt(live, "status", "scale", "statusReplicas")) ?? [];
  if (ready === undefined) return mode === "sidecar" && live.status !== undefined ? { status: "Healthy" } : undefined;
  // A daemon set where no node is chosen has nothing to run.
  if (ready === all && (all !== "0" || mode === "daemonset")) return { status: "Healthy" };
  return { status: ready === "0" ? "Degraded" : "Progressing", message: `${ready} of ${all} replicas are ready` };
};

/** Any True is good and any False bad, whatever the type. */
const grafana = rule(
  when("FolderUIDMismatch", "True", "Degraded"),
  whenCondition(({ type, status }) => type !== "FolderUIDMismatch" && status === "False", "Degraded"),
  withConditions("Healthy", ""),
);

const victoria = rule(
  field("status.updateStatus", { operational: "Healthy", expanding: "Progressing", paused: "Suspended", failed: "Degraded" }),
);

/** Operator Lifecycle Manager; an upgrade that waits for a person's yes while the old version runs is no trouble. */
const subscription: Clause = (live, conditions) => {
  if (live.status === undefined) return undefined;
  const bad = conditions.find(
    ({ type, status, reason }) =>
      (["CatalogSourcesUnhealthy", "InstallPlanFailed", "ResolutionFailed"].includes(type) && status === "True") ||
      (type === "InstallPlanMissing" && reason !== "ReferencedInstallPlanNotFound"),
  );
  if (bad) return { status: "Degraded", message: bad.message || bad.reason || bad.type };
  const pending = conditions.find(({ type, status }) => type === "InstallPlanPending" && status === "True");
  const approval =
    pending?.reason === "RequiresApproval" &&
    textAt(live, "spec", "installPlanApproval") === "Manual" &&
    textAt(live, "status", "installedCSV") !== "";
  const state = textAt(live, "status", "state");
  if (state === "UpgradeFailed") return { status: "Degraded", message: "its upgrade failed" };
  if (approval) return { status: "Healthy" };
  if (pending || ["", "UpgradeAvailable", "UpgradePending"].includes(state))
    return { status: "Progressing", message: pending?.message || "its upgrade is pending" };
  return { status: "Healthy" };
};

const humio = rule(field("status.state", { Exists: "Healthy", NotFound: "Missing", ConfigError: "Degraded", Unknown: "Unknown" }));
const keptn = rule(field("status.status", { Succeeded: "Healthy", Failed: "Degraded" }));
const remote = rule(goodOrBad("RemoteSynced"));

/** 3scale: whichever of its conditions is true. */
const threeScale = rule(
  field("status.state", { suspended: "Suspended" }),
  field("status.developerUserState", { suspended: "Suspended" }),
  ...["Ready", "Synced"].map((type) => when(type, "True", "Healthy")),
  ...["Invalid", "Orphan", "Failed"].map((type) => when(type, "True", "Degraded")),
  when("Waiting", "True", "Suspended"),
  when("In-progress", "True", "Progressing"),
  when("Ready", "False", "Degraded"),
);

const numaflow = rule(
  (live) =>
    live.metadata.labels?.["numaplane.numaproj.io/progressive-result-state"] === "failed"
      ? { status: "Degraded", message: "its progressive upgrade failed" }
      : undefined,
  whenCondition(({ status }) => status === "False", "Degraded"),
  field("status.phase", { Failed: "Degraded", Paused: "Healthy", Pausing: "Healthy", Running: "Healthy" }),
);

const numaplane = rule(
  observedAs("status.observedGeneration"),
  field("status.phase", { Failed: "Degraded", Pending: "Progressing" }),
  when("ProgressiveUpgradeSucceeded", "False", "Degraded"),
  when("ChildResourcesHealthy", "False", "Progressing", "Progressing"),
  when("ChildResourcesHealthy", "False", "Degraded"),
  (live) =>
    textAt(live, "status", "upgradeInProgress") === "" ? undefined : { status: "Progressing", message: "an upgrade is in progress" },
  when("MonoVertexPausingOrPaused", "True", "Healthy"),
  when("PipelinePausingOrPaused", "True", "Healthy"),
  when("ChildResourcesHealthy", "True", "Healthy"),
);

const solr: Clause = (live) => {
  const nodes = objectsAt(live, "status", "solrNodes");
  const starting = nodes.filter(({ ready }) => ready !== true);
  if (nodes.length === 0) return undefined;
  return starting.length === 0
    ? { status: "Healthy" }
    : { status: "Progressing", message: `${starting.length} of ${nodes.length} nodes are not ready` };
};

const clusterOperator = rule(
  when("Degraded", "True", "Degraded"),
  when("DeploymentReplicasAllAvailable", "False", "Progressing"),
  when("Progressing", "True", "Progressing"),
  when("Available", "True", "Healthy"),
);
const knativeOperator = rule(
  whenCondition(({ status }) => status === "False" || status === "Unknown", "Progressing"),
  when("Ready", "True", "Healthy"),
);

export const operators: Readonly<Record<string, HealthCheck>> = {
  "monitoring.coreos.com/Prometheus": prometheus,
  "monitoring.coreos.com/PrometheusAgent": prometheus,
  "monitoring.coreos.com/Alertmanager": prometheus,
  "monitoring.coreos.com/ThanosRuler": prometheus,
  "operator.victoriametrics.com/*": victoria,
  "opentelemetry.io/OpenTelemetryCollector": rule(collector),
  "jaegertracing.io/Jaeger": rule(field("status.phase", { Running: "Healthy", Failed: "Degraded" })),
  "grafana.integreatly.org/Grafana": rule(field("status.stageStatus", { failed: "Degraded" }), (live) =>
    textAt(live, "status", "stage") === "complete" && textAt(live, "status", "stageStatus") === "success"
      ? { status: "Healthy" }
      : undefined,
  ),
  "grafana.integreatly.org/GrafanaDashboard": grafana,
  "grafana.integreatly.org/GrafanaFolder": grafana,
  "grafana.integreatly.org/GrafanaDatasource": rule(
    field("status.NoMatchingInstances", { true: "Degraded" }),
    (live) => (textAt(live, "status", "uid") === "" ? undefined : { status: "Healthy" }),
    grafana,
  ),
  "grafana-org-operator.kubitus-project.gitlab.io/*": rule(goodOrBad("Ready")),
  "datadoghq.com/DatadogMetric": rule(when("Error", "True", "Degraded"), when("Valid", "False", "Degraded"), always("Healthy")),
  "kiali.io/Kiali": rule(when("Failure", "True", "Degraded"), when("Successful", "True", "Healthy"), when("Running", "any", "Progressing")),
  "k8s.keycloak.org/Keycloak": rule(when("HasErrors", "True", "Degraded"), when("Ready", "True", "Healthy")),
  "operators.coreos.com/Subscription": rule(subscription),
  "operators.coreos.com/ClusterServiceVersion": rule(field("status.phase", { Succeeded: "Healthy", Failed: "Degraded" }, "Progressing")),
  "operator.openshift.io/IngressController": clusterOperator,
  "ocs.openshift.io/StorageCluster": clusterOperator,
  "config.openshift.io/ClusterOperator": clusterOperator,
  "operator.knative.dev/*": knativeOperator,
  "core.humio.com/*": humio,
  "core.humio.com/HumioCluster": rule(field("status.state", { Running: "Healthy", ConfigError: "Degraded", Unknown: "Unknown" })),
  "lifecycle.keptn.sh/*": keptn,
  "lifecycle.keptn.sh/KeptnEvaluation": rule(field("status.overallStatus", { Succeeded: "Healthy", Failed: "Degraded" })),
  "metrics.keptn.sh/Analysis": rule(
    field("status.pass", { true: "Healthy" }),
    field("status.warning", { true: "Healthy" }),
    field("status.pass", { false: "Degraded" }),
  ),
  "coralogix.com/Alert": remote,
  "coralogix.com/RecordingRuleGroupSet": remote,
  "capabilities.3scale.net/*": threeScale,
  "numaflow.numaproj.io/*": numaflow,
  "numaplane.numaproj.io/*": numaplane,
  "solr.apache.org/SolrCloud": rule(solr),
  "metrics.keptn.sh/KeptnMetric": rule(
    (live) => (textAt(live, "status", "errMsg") === "" ? undefined : { status: "Degraded", message: textAt(live, "status", "errMsg") }),
    (live) => (at(live, ["status", "value"]) === undefined ? undefined : { status: "Healthy" }),
  ),
  "apps.3scale.net/APIManager": rule(
    when("Available", "True", "Healthy"),
    whenCondition(({ type, status, reason }) => type === "Available" && status !== "True" && reason !== "", "Degraded"),
  ),
  "proclaim.dogmatiq.io/DNSSDServiceInstance": rule(
    when("Adopted", "False", "Degraded"),
    when("Advertised", "any", "Degraded", "AdvertiseError", "UnadvertiseError"),
    when("Discoverable", "any", "Unknown", "DiscoveryError"),
    when("Discoverable", "True", "Healthy"),
  ),
  "tower.ansible.com/AnsibleJob": rule(
    field("status.ansibleJobResult.status", { successful: "Healthy", failed: "Degraded", error: "Degraded", canceled: "Degraded" }),
  ),
};
