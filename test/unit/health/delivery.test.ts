import { readyOrNot, type State, said, states, status } from "./states.ts";

states("argoproj.io/v1alpha1", "Workflow", [
  ["just created", {}, "Progressing"],
  ["pending", status({ phase: "Pending" }), "Progressing"],
  ["running", status({ phase: "Running", message: "step 1" }), "Progressing", "step 1"],
  ["succeeded", status({ phase: "Succeeded" }), "Healthy"],
  ["failed", status({ phase: "Failed", message: "step 2 failed" }), "Degraded", "step 2 failed"],
  ["in error", status({ phase: "Error" }), "Degraded"],
  ["in a phase that nobody knows", status({ phase: "Dancing" }), "Unknown"],
]);
states("argoproj.io/v1alpha1", "CronWorkflow", [
  ["just created", {}, "Healthy"],
  ["with a schedule that cannot be read", said(["SpecError", "True", "", "bad cron"]), "Degraded", "bad cron"],
  ["whose workflow was refused", said(["SubmissionError", "True"]), "Degraded"],
  ["completed", said(["Completed", "True"]), "Healthy"],
]);
states("argoproj.io/v1alpha1", "Application", [
  ["where no Argo CD runs", {}, "none"],
  ["degraded", status({ health: { status: "Degraded" } }), "Degraded"],
  ["suspended", status({ health: { status: "Suspended" } }), "Suspended"],
  ["healthy", status({ health: { status: "Healthy" } }), "Healthy"],
  ["with a word that is no health", status({ health: { status: "Fine" } }), "none"],
]);
states("argoproj.io/v1alpha1", "ApplicationSet", [
  ["just created", {}, "Progressing"],
  ["in error", said(["ResourcesUpToDate", "True"], ["ErrorOccurred", "True", "", "no such cluster"]), "Degraded", "no such cluster"],
  ["whose Applications are behind", said(["ErrorOccurred", "False"], ["ResourcesUpToDate", "False"]), "Degraded"],
  ["rolling out", said(["ResourcesUpToDate", "True"], ["RolloutProgressing", "True"]), "Progressing"],
  ["up to date", said(["ErrorOccurred", "False"], ["ResourcesUpToDate", "True"]), "Healthy"],
]);
for (const kind of ["EventBus", "EventSource", "Sensor"]) states("argoproj.io/v1alpha1", kind, readyOrNot("Deployed"));
states("promoter.argoproj.io/v1alpha1", "TimedCommitStatus", [
  ...readyOrNot("Ready"),
  ["with a gate that failed", status({ ...said(["Ready", "True"]).status, environments: [{ phase: "failure" }] }), "Degraded"],
  ["of an older generation", status({ conditions: [{ type: "Ready", status: "True", observedGeneration: 1 }] }), "Progressing"],
]);
states("argocd-image-updater.argoproj.io/v1alpha1", "ImageUpdater", [
  ...readyOrNot("Ready"),
  ["in error", said(["Ready", "True"], ["Error", "True"]), "Degraded"],
]);

states("flagger.app/v1beta1", "Canary", [
  ["just created", {}, "Progressing"],
  ["initialised", status({ phase: "Initialized" }), "Healthy"],
  ["shifting weight", status({ phase: "Progressing", canaryWeight: 20 }), "Progressing"],
  ["promoting", status({ phase: "Promoting" }), "Progressing"],
  ["finalising", status({ phase: "Finalising" }), "Progressing"],
  ["waiting for a person", status({ phase: "WaitingPromotion" }), "Suspended"],
  ["succeeded", status({ phase: "Succeeded" }), "Healthy"],
  ["failed and rolled back", status({ phase: "Failed" }), "Degraded", "its phase is Failed"],
]);

const flux: readonly State[] = [
  ["just created", {}, "Progressing"],
  ["suspended", { spec: { suspend: true }, ...said(["Ready", "True"]) }, "Suspended"],
  ["resumed", { spec: { suspend: false }, ...said(["Ready", "True"]) }, "Healthy"],
  [
    "at work for the first time",
    said(["Ready", "Unknown", "Progressing", "reconciling"], ["Reconciling", "True"]),
    "Progressing",
    "reconciling",
  ],
  [
    "failing and trying again",
    said(["Ready", "False", "BuildFailed", "no such file"], ["Reconciling", "True", "ProgressingWithRetry"]),
    "Degraded",
    "no such file",
  ],
  ["given up", said(["Ready", "False", "", "bad spec"], ["Stalled", "True"]), "Degraded", "bad spec"],
  ["ready for an older generation", status({ observedGeneration: 1, ...said(["Ready", "True"]).status }), "Progressing"],
];
for (const [apiVersion, kinds] of [
  ["kustomize.toolkit.fluxcd.io/v1beta2", ["Kustomization"]],
  ["kustomize.toolkit.fluxcd.io/v1", ["Kustomization"]],
  ["helm.toolkit.fluxcd.io/v2", ["HelmRelease"]],
  ["source.toolkit.fluxcd.io/v1", ["GitRepository", "OCIRepository", "Bucket", "HelmChart", "HelmRepository"]],
  ["image.toolkit.fluxcd.io/v1beta2", ["ImageRepository", "ImageUpdateAutomation"]],
  ["notification.toolkit.fluxcd.io/v1", ["Receiver"]],
  ["source.extensions.fluxcd.io/v1beta1", ["ArtifactGenerator"]],
] as const) {
  for (const kind of kinds) states(apiVersion, kind, flux);
}
states("source.toolkit.fluxcd.io/v1", "GitRepository", [
  ["ready, its artifact lost", said(["Ready", "True"], ["ArtifactInStorage", "False", "", "gone"]), "Degraded", "gone"],
]);
states("source.toolkit.fluxcd.io/v1", "HelmRepository", [
  ["of a registry, which has no index", { spec: { type: "oci" } }, "Healthy"],
  ["of a registry, suspended", { spec: { type: "oci", suspend: true } }, "Suspended"],
]);
states("helm.toolkit.fluxcd.io/v2", "HelmRelease", [
  ["released and tested", said(["Ready", "True"], ["Released", "True"], ["TestSuccess", "True"]), "Healthy"],
]);
states("image.toolkit.fluxcd.io/v1beta2", "ImagePolicy", [
  ["scanning", said(["Ready", "False"], ["Reconciling", "True", "ApplyingPolicy"]), "Progressing"],
  ["failing", said(["Ready", "False", "DependencyNotReady"], ["Reconciling", "True", "ProgressingWithRetry"]), "Degraded"],
]);
for (const kind of ["Alert", "Provider"]) {
  states("notification.toolkit.fluxcd.io/v1beta3", kind, [
    ["without a status, as ever", {}, "Healthy"],
    ["suspended", { spec: { suspend: true } }, "Suspended"],
    ["of an older version, failing", said(["Ready", "False"]), "Degraded"],
  ]);
}
