import type { HealthCheck } from "./check.ts";
import { apiServiceHealth } from "./kinds/api-service.ts";
import { autoscalerHealth } from "./kinds/autoscaler.ts";
import { crdHealth } from "./kinds/crd.ts";
import { cronJobHealth } from "./kinds/cron-job.ts";
import { daemonSetHealth } from "./kinds/daemon-set.ts";
import { deploymentHealth } from "./kinds/deployment.ts";
import { disruptionBudgetHealth } from "./kinds/disruption-budget.ts";
import { ingressHealth } from "./kinds/ingress.ts";
import { jobHealth } from "./kinds/job.ts";
import { podHealth } from "./kinds/pod.ts";
import { replicaSetHealth } from "./kinds/replica-set.ts";
import { serviceHealth } from "./kinds/service.ts";
import { statefulSetHealth } from "./kinds/stateful-set.ts";
import { volumeClaimHealth } from "./kinds/volume-claim.ts";

/** `group/Kind` to its check; a new kind is a file and a row. */
export const kindChecks: Readonly<Record<string, HealthCheck>> = {
  "/PersistentVolumeClaim": volumeClaimHealth,
  "/Pod": podHealth,
  "/Service": serviceHealth,
  "apiextensions.k8s.io/CustomResourceDefinition": crdHealth,
  "apiregistration.k8s.io/APIService": apiServiceHealth,
  "apps/DaemonSet": daemonSetHealth,
  "apps/Deployment": deploymentHealth,
  "apps/ReplicaSet": replicaSetHealth,
  "apps/StatefulSet": statefulSetHealth,
  "autoscaling/HorizontalPodAutoscaler": autoscalerHealth,
  "batch/CronJob": cronJobHealth,
  "batch/Job": jobHealth,
  "extensions/Ingress": ingressHealth,
  "networking.k8s.io/Ingress": ingressHealth,
  "policy/PodDisruptionBudget": disruptionBudgetHealth,
};
