/** Ray, Kubeflow's training operator, Kueue, JobSet, Volcano, NVIDIA's operator: batch and models. */
import type { HealthCheck } from "../check.ts";
import { field, goodOrBad, rule, suspended, when } from "../rules.ts";

/** Kubeflow's jobs: conditions follow each other, the last that is true tells where the job is. */
const training = rule(
  when("Failed", "True", "Degraded"),
  when("Succeeded", "True", "Healthy"),
  when("Suspended", "True", "Suspended"),
  when("Running", "True", "Progressing"),
);

const queue = rule(goodOrBad("Active"));

export const machineLearning: Readonly<Record<string, HealthCheck>> = {
  "ray.io/RayCluster": rule(
    suspended("spec.suspend"),
    field("status.state", { ready: "Healthy", failed: "Degraded", suspended: "Suspended" }),
  ),
  "ray.io/RayJob": rule(
    field("status.jobDeploymentStatus", { Complete: "Healthy", Failed: "Degraded", Suspended: "Suspended" }, "Progressing"),
  ),
  "ray.io/RayService": rule(when("Ready", "True", "Healthy"), field("status.serviceStatus", { Running: "Healthy" })),
  "kubeflow.org/PyTorchJob": training,
  "kubeflow.org/TFJob": training,
  "kubeflow.org/MPIJob": training,
  "kubeflow.org/XGBoostJob": training,
  "kubeflow.org/JAXJob": training,
  "trainer.kubeflow.org/TrainJob": rule(
    when("Failed", "True", "Degraded"),
    when("Complete", "True", "Healthy"),
    when("Suspended", "True", "Suspended"),
  ),
  "kueue.x-k8s.io/ClusterQueue": queue,
  "kueue.x-k8s.io/LocalQueue": queue,
  "kueue.x-k8s.io/AdmissionCheck": queue,
  "jobset.x-k8s.io/JobSet": rule(
    when("Failed", "True", "Degraded"),
    when("Completed", "True", "Healthy"),
    when("Suspended", "True", "Suspended"),
  ),
  "batch.volcano.sh/Job": rule(
    field("status.state.phase", { Completed: "Healthy", Failed: "Degraded", Aborted: "Degraded", Terminated: "Degraded" }, "Progressing"),
  ),
  "nvidia.com/ClusterPolicy": rule(field("status.state", { ready: "Healthy", notReady: "Progressing", ignored: "Degraded" })),
};
