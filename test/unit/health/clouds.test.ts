import { readyOrNot, type State, said, states, status } from "./states.ts";

const managed: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["being made", said(["Synced", "True"], ["Ready", "False", "Creating"]), "Progressing", "Creating"],
  ["made", said(["Synced", "True"], ["Ready", "True", "Available"]), "Healthy"],
  ["that cannot be made", said(["Synced", "False", "ReconcileError", "access denied"], ["Ready", "False"]), "Degraded", "access denied"],
  ["made, but no longer in step", said(["Ready", "True"], ["Synced", "False", "ReconcileError", "access denied"]), "Degraded"],
  [
    "whose last operation failed",
    said(["Ready", "True"], ["Synced", "True"], ["LastAsyncOperation", "False", "", "quota"]),
    "Degraded",
    "quota",
  ],
  ["paused by annotation", said(["Synced", "False", "ReconcilePaused"]), "Suspended"],
];
states("rds.aws.upbound.io/v1beta1", "Instance", managed);
states("s3.aws.crossplane.io/v1beta1", "Bucket", managed);
states("kubernetes.crossplane.io/v1alpha2", "Object", managed);
for (const spec of [{ compositionRef: { name: "aws" } }, { crossplane: { compositionRef: { name: "aws" } } }]) {
  states("platform.example.org/v1", "Database", [
    ["composed by Crossplane, just created", { spec }, "Progressing"],
    ["composed and ready", { spec, ...said(["Synced", "True"], ["Ready", "True"]) }, "Healthy"],
    ["that cannot be composed", { spec, ...said(["Synced", "False", "", "bad patch"], ["Ready", "False"]) }, "Degraded", "bad patch"],
  ]);
}
states("apiextensions.crossplane.io/v1", "CompositeResourceDefinition", [
  ["just created", {}, "Progressing"],
  ["established", said(["Established", "True"]), "Healthy"],
]);
states("apiextensions.crossplane.io/v1", "Composition", [["without conditions, as ever", {}, "Healthy"]]);
states("aws.upbound.io/v1beta1", "ProviderConfig", [["without conditions, as ever", status({ users: 3 }), "Healthy"]]);
states("pkg.crossplane.io/v1", "Provider", [
  ["just created", {}, "Progressing"],
  ["being installed", said(["Installed", "True"], ["Healthy", "Unknown"]), "Progressing"],
  ["installed and unhealthy", said(["Installed", "True"], ["Healthy", "False", "UnhealthyPackageRevision"]), "Degraded"],
  ["that cannot be pulled", said(["Installed", "False", "UnpackingPackage", "not found"]), "Degraded", "not found"],
  ["installed and healthy", said(["Installed", "True"], ["Healthy", "True"]), "Healthy"],
]);
states("pkg.crossplane.io/v1", "Function", [["healthy", said(["Installed", "True"], ["Healthy", "True"]), "Healthy"]]);

states("rds.services.k8s.aws/v1alpha1", "DBInstance", [
  ["just created", {}, "Progressing"],
  ["being made", said(["Ready", "False", "", "creating"]), "Progressing", "creating"],
  ["made", said(["Ready", "True"], ["ACK.ResourceSynced", "True"]), "Healthy"],
  ["that never can be made", said(["Ready", "False"], ["ACK.Terminal", "True", "", "no such subnet"]), "Degraded", "no such subnet"],
  ["made, by an older controller", said(["ACK.ResourceSynced", "True"]), "Healthy"],
  ["being made, by an older controller", said(["ACK.ResourceSynced", "False"]), "Progressing"],
]);

const connector: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["being made", said(["Ready", "False", "Updating"]), "Progressing", "Updating"],
  ["made", status({ observedGeneration: 2, ...said(["Ready", "True", "UpToDate"]).status }), "Healthy"],
  ["made before its last change", status({ observedGeneration: 1, ...said(["Ready", "True", "UpToDate"]).status }), "Progressing"],
  ["that cannot be made", said(["Ready", "False", "UpdateFailed", "quota"]), "Degraded", "quota"],
  ["without what it needs", said(["Ready", "False", "DependencyNotFound"]), "Degraded"],
  ["waiting for what it needs", said(["Ready", "False", "DependencyNotReady"]), "Suspended"],
];
states("sql.cnrm.cloud.google.com/v1beta1", "SQLInstance", connector);
states("core.cnrm.cloud.google.com/v1beta1", "ConfigConnectorContext", [
  ["healthy", status({ healthy: true }), "Healthy"],
  ["unhealthy", status({ healthy: false }), "Degraded"],
]);

const graded = (severity: string) => status({ conditions: [{ type: "Ready", status: "False", severity, reason: "Reconciling" }] });
states("dbforpostgresql.azure.com/v1", "FlexibleServer", [
  ["being made", graded("Info"), "Progressing"],
  ["being made again", graded("Warning"), "Progressing"],
  ["that cannot be made", graded("Error"), "Degraded"],
  ["made", said(["Ready", "True", "Succeeded"]), "Healthy"],
  ["without a status, as others' kinds below azure.com", {}, "none"],
]);

states("services.cloud.sap.com/v1", "ServiceInstance", [
  ["just created", {}, "Progressing"],
  ["made", said(["Succeeded", "True"], ["Ready", "True"]), "Healthy"],
  ["failed", said(["Succeeded", "False", "CreateFailed"], ["Ready", "False"]), "Degraded", "CreateFailed"],
  ["of an older generation", status({ conditions: [{ type: "Ready", status: "True", observedGeneration: 1 }] }), "Progressing"],
]);
states("kro.run/v1alpha1", "ResourceGraphDefinition", [
  ["just created", {}, "Progressing"],
  ["active", status({ state: "Active" }), "Healthy"],
  ["that cannot be read", status({ state: "Inactive" }), "Degraded"],
]);
states("pulumi.com/v1", "Stack", [...readyOrNot("Ready"), ["stalled", said(["Ready", "False"], ["Stalled", "True"]), "Degraded"]]);
states("app.terraform.io/v1alpha2", "Workspace", [
  ["that never ran", {}, "none"],
  ["applying", status({ runStatus: { status: "applying" } }), "Progressing"],
  ["applied", status({ runStatus: { status: "applied" } }), "Healthy"],
  ["failed", status({ runStatus: { status: "errored" } }), "Degraded"],
]);
states("core.gardener.cloud/v1beta1", "Shoot", [
  ["just created", {}, "Progressing"],
  ["healthy", { metadata: { labels: { "shoot.gardener.cloud/status": "healthy" } } }, "Healthy"],
  ["unhealthy", { metadata: { labels: { "shoot.gardener.cloud/status": "unhealthy" } } }, "Degraded"],
]);
states("iammanager.keikoproj.io/v1alpha1", "Iamrole", [
  ["ready", status({ state: "Ready" }), "Healthy"],
  ["not allowed", status({ state: "PolicyNotAllowed" }), "Degraded"],
]);
