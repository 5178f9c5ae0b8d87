import { readyOrNot, said, states, status } from "./states.ts";

states("ray.io/v1", "RayCluster", [
  ["just created", {}, "Progressing"],
  ["ready", status({ state: "ready" }), "Healthy"],
  ["failed", status({ state: "failed" }), "Degraded"],
  ["suspended", { spec: { suspend: true } }, "Suspended"],
]);
states("ray.io/v1", "RayJob", [
  ["just created", {}, "Progressing"],
  ["running", status({ jobDeploymentStatus: "Running" }), "Progressing"],
  ["complete", status({ jobDeploymentStatus: "Complete" }), "Healthy"],
  ["failed", status({ jobDeploymentStatus: "Failed", message: "exit code 1" }), "Degraded", "exit code 1"],
]);
states("ray.io/v1", "RayService", [
  ["starting", said(["Ready", "False", "Initializing"]), "Progressing"],
  ["ready", said(["Ready", "True"]), "Healthy"],
]);
for (const kind of ["PyTorchJob", "TFJob", "MPIJob"]) {
  states("kubeflow.org/v1", kind, [
    ["just created", said(["Created", "True"]), "Progressing"],
    ["running", said(["Created", "True"], ["Running", "True", "JobRunning"]), "Progressing", "JobRunning"],
    ["succeeded", said(["Running", "False"], ["Succeeded", "True"]), "Healthy"],
    ["failed", said(["Running", "False"], ["Failed", "True", "", "out of memory"]), "Degraded", "out of memory"],
  ]);
}
states("trainer.kubeflow.org/v1alpha1", "TrainJob", [["complete", said(["Complete", "True"]), "Healthy"]]);
for (const kind of ["ClusterQueue", "LocalQueue"]) states("kueue.x-k8s.io/v1beta1", kind, readyOrNot("Active"));
states("jobset.x-k8s.io/v1alpha2", "JobSet", [
  ["just created", {}, "Progressing"],
  ["completed", said(["Completed", "True"]), "Healthy"],
  ["failed", said(["Failed", "True"]), "Degraded"],
  ["suspended", said(["Suspended", "True"]), "Suspended"],
  ["resumed", said(["Suspended", "False"]), "Progressing"],
]);
states("batch.volcano.sh/v1alpha1", "Job", [
  ["running", status({ state: { phase: "Running" } }), "Progressing"],
  ["completed", status({ state: { phase: "Completed" } }), "Healthy"],
  ["aborted", status({ state: { phase: "Aborted" } }), "Degraded"],
]);
states("nvidia.com/v1", "ClusterPolicy", [
  ["ready", status({ state: "ready" }), "Healthy"],
  ["waiting", status({ state: "notReady" }), "Progressing"],
]);
