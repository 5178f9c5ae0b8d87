import { readyOrNot, said, states, status } from "./states.ts";

for (const kind of ["Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"]) {
  states("monitoring.coreos.com/v1", kind, [
    ["just created", {}, "Progressing"],
    ["available", said(["Available", "True"], ["Reconciled", "True"]), "Healthy"],
    ["with pods that are not ready", said(["Available", "Degraded", "SomePodsNotReady"]), "Progressing"],
    ["not available", said(["Available", "False", "NoPodReady", "no pod"]), "Degraded", "no pod"],
  ]);
}
states("monitoring.coreos.com/v1", "ServiceMonitor", [["which nobody reports on", {}, "none"]]);
states("operator.victoriametrics.com/v1beta1", "VMSingle", [
  ["operational", status({ updateStatus: "operational" }), "Healthy"],
  ["operational before its last change", status({ updateStatus: "operational", observedGeneration: 1 }), "Progressing"],
  ["failed", status({ updateStatus: "failed", message: "no storage class" }), "Degraded", "no storage class"],
  ["paused", status({ updateStatus: "paused" }), "Suspended"],
]);

const collector = (mode: string, statusReplicas?: string) => ({
  spec: { mode },
  status: { ...(statusReplicas && { scale: { statusReplicas } }) },
});
states("opentelemetry.io/v1beta1", "OpenTelemetryCollector", [
  ["just created", { spec: { mode: "deployment" } }, "Progressing"],
  ["ready", collector("deployment", "2/2"), "Healthy"],
  ["starting", collector("deployment", "1/2"), "Progressing", "1 of 2 replicas are ready"],
  ["down", collector("deployment", "0/2"), "Degraded"],
  ["on no node at all", collector("daemonset", "0/0"), "Healthy"],
  ["beside others' containers", collector("sidecar"), "Healthy"],
]);
states("jaegertracing.io/v1", "Jaeger", [["running", status({ phase: "Running" }), "Healthy"]]);
states("grafana.integreatly.org/v1beta1", "Grafana", [
  ["just created", {}, "Progressing"],
  ["complete", status({ stage: "complete", stageStatus: "success" }), "Healthy"],
  ["failed", status({ stage: "deployment", stageStatus: "failed" }), "Degraded"],
]);
states("grafana.integreatly.org/v1beta1", "GrafanaDashboard", [
  ["synchronised", said(["DashboardSynchronized", "True"]), "Healthy"],
  ["refused", said(["DashboardSynchronized", "False", "ApplyFailed", "bad JSON"]), "Degraded", "bad JSON"],
]);
states("grafana.integreatly.org/v1beta1", "GrafanaFolder", [["moved", said(["FolderUIDMismatch", "True"]), "Degraded"]]);
states("grafana.integreatly.org/v1beta1", "GrafanaDatasource", [
  ["just created", {}, "Progressing"],
  ["made", status({ uid: "abc" }), "Healthy"],
  ["for no Grafana", status({ uid: "abc", NoMatchingInstances: true }), "Degraded"],
]);
states("datadoghq.com/v1alpha1", "DatadogMetric", [
  ["just created", {}, "Healthy"],
  ["in error", said(["Error", "True", "Unable to fetch data", "bad query"]), "Degraded", "bad query"],
]);
states("kiali.io/v1alpha1", "Kiali", [
  ["running its playbook", said(["Running", "True", "Running"]), "Progressing"],
  ["done", said(["Running", "True"], ["Successful", "True"]), "Healthy"],
  ["failed", said(["Failure", "True", "Failed"]), "Degraded"],
]);
states("k8s.keycloak.org/v2alpha1", "Keycloak", [
  ["just created", {}, "Progressing"],
  ["ready", said(["Ready", "True"], ["HasErrors", "False"]), "Healthy"],
  ["in error", said(["Ready", "False"], ["HasErrors", "True", "", "no database"]), "Degraded", "no database"],
  ["rolling", said(["Ready", "False"], ["RollingUpdate", "True"]), "Progressing"],
]);

const pending = ["InstallPlanPending", "True", "RequiresApproval"] as const;
states("operators.coreos.com/v1alpha1", "Subscription", [
  ["just created", {}, "Progressing"],
  ["at the latest version", status({ state: "AtLatestKnown" }), "Healthy"],
  ["upgrading", status({ state: "UpgradePending" }), "Progressing"],
  ["whose catalogue is unhealthy", status({ state: "AtLatestKnown", ...said(["CatalogSourcesUnhealthy", "True"]).status }), "Degraded"],
  [
    "that cannot be resolved",
    said(["ResolutionFailed", "True", "", "constraints not satisfiable"]),
    "Degraded",
    "constraints not satisfiable",
  ],
  ["whose upgrade failed", status({ state: "UpgradeFailed" }), "Degraded"],
  [
    "installed, with an upgrade that waits for a person",
    { spec: { installPlanApproval: "Manual" }, status: { state: "UpgradePending", installedCSV: "web.v1", ...said(pending).status } },
    "Healthy",
  ],
  [
    "not installed, waiting for a person",
    { spec: { installPlanApproval: "Manual" }, status: { state: "UpgradePending", ...said(pending).status } },
    "Progressing",
  ],
]);
states("operators.coreos.com/v1alpha1", "ClusterServiceVersion", [
  ["installing", status({ phase: "Installing" }), "Progressing"],
  ["succeeded", status({ phase: "Succeeded" }), "Healthy"],
  ["failed", status({ phase: "Failed", message: "no such CRD" }), "Degraded", "no such CRD"],
]);
for (const [apiVersion, kind] of [
  ["operator.openshift.io/v1", "IngressController"],
  ["ocs.openshift.io/v1", "StorageCluster"],
] as const) {
  states(apiVersion, kind, [
    ["available", said(["Available", "True"], ["Progressing", "False"], ["Degraded", "False"]), "Healthy"],
    ["available and at work", said(["Available", "True"], ["Progressing", "True"]), "Progressing"],
    ["available and degraded", said(["Available", "True"], ["Degraded", "True", "SyncError"]), "Degraded", "SyncError"],
  ]);
}
states("operator.knative.dev/v1beta1", "KnativeServing", [
  ["installing", said(["InstallSucceeded", "True"], ["Ready", "Unknown"]), "Progressing"],
  ["ready", said(["InstallSucceeded", "True"], ["Ready", "True"]), "Healthy"],
]);
states("core.humio.com/v1alpha1", "HumioAlert", [
  ["there", status({ state: "Exists" }), "Healthy"],
  ["not there", status({ state: "NotFound" }), "Missing"],
  ["wrong", status({ state: "ConfigError" }), "Degraded"],
]);
states("lifecycle.keptn.sh/v1", "KeptnWorkloadVersion", [["failed", status({ status: "Failed" }), "Degraded"]]);
states("metrics.keptn.sh/v1", "KeptnMetric", [
  ["measured", status({ value: "0" }), "Healthy"],
  ["failing", status({ errMsg: "no query" }), "Degraded", "no query"],
]);
states("metrics.keptn.sh/v1", "Analysis", [
  ["passed", status({ pass: true }), "Healthy"],
  ["failed", status({ pass: false }), "Degraded"],
]);
states("coralogix.com/v1beta1", "Alert", readyOrNot("RemoteSynced"));
states("capabilities.3scale.net/v1beta1", "Product", [
  ["synchronised", said(["Synced", "True"], ["Failed", "False"]), "Healthy"],
  ["invalid", said(["Synced", "False"], ["Invalid", "True"]), "Degraded"],
  ["waiting for its account", said(["Waiting", "True"]), "Suspended"],
]);
states("apps.3scale.net/v1alpha1", "APIManager", [["without a secret", said(["Available", "False", "MissingWatchedSecrets"]), "Degraded"]]);
states("numaflow.numaproj.io/v1alpha1", "Pipeline", [
  ["running", status({ phase: "Running", observedGeneration: 2 }), "Healthy"],
  ["paused by wish", status({ phase: "Paused" }), "Healthy"],
  [
    "running, its upgrade failed",
    { metadata: { labels: { "numaplane.numaproj.io/progressive-result-state": "failed" } }, ...status({ phase: "Running" }) },
    "Degraded",
  ],
]);
states("numaplane.numaproj.io/v1alpha1", "PipelineRollout", [
  ["upgrading", status({ upgradeInProgress: "Progressive", ...said(["ChildResourcesHealthy", "True"]).status }), "Progressing"],
  ["deployed", status({ phase: "Deployed", ...said(["ChildResourcesHealthy", "True"]).status }), "Healthy"],
  ["whose upgrade failed", said(["ProgressiveUpgradeSucceeded", "False"], ["ChildResourcesHealthy", "True"]), "Degraded"],
]);
states("solr.apache.org/v1beta1", "SolrCloud", [
  ["just created", {}, "Progressing"],
  ["with a node that starts", status({ solrNodes: [{ ready: true }, { ready: false }] }), "Progressing", "1 of 2 nodes are not ready"],
  ["ready", status({ solrNodes: [{ ready: true }] }), "Healthy"],
]);
states("proclaim.dogmatiq.io/v1", "DNSSDServiceInstance", [["found", said(["Adopted", "True"], ["Discoverable", "True"]), "Healthy"]]);
states("tower.ansible.com/v1alpha1", "AnsibleJob", [
  ["running", status({ ansibleJobResult: { status: "running" } }), "Progressing"],
  ["successful", status({ ansibleJobResult: { status: "successful" } }), "Healthy"],
  ["canceled", status({ ansibleJobResult: { status: "canceled" } }), "Degraded"],
]);
