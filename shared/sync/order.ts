import { Failure } from "../model/failure.ts";
import type { Manifest } from "../model/manifest.ts";
import { annotationOf } from "../model/manifest.ts";
import { describeKey, formatKey, keyOf, type ResourceKey } from "../model/resource-key.ts";

/** Argo CD's order of kinds within a wave (gitops-engine, sync_tasks.go); anything else comes after. */
const kindOrder = [
  "Namespace",
  "CustomResourceDefinition",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodSecurityPolicy",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "SecretList",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "ClusterRole",
  "ClusterRoleList",
  "ClusterRoleBinding",
  "ClusterRoleBindingList",
  "Role",
  "RoleList",
  "RoleBinding",
  "RoleBindingList",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicationController",
  "ReplicaSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "StatefulSet",
  "Job",
  "CronJob",
  "IngressClass",
  "Ingress",
  "APIService",
] as const;

const ranks: ReadonlyMap<string, number> = new Map(kindOrder.map((kind, rank) => [kind, rank]));

const kindRank = (kind: string): number => ranks.get(kind) ?? kindOrder.length;

/** By kind, then name: the order in which objects of one wave are created, and the reverse of that in which they are deleted. */
export const byKindAndName = (a: ResourceKey, b: ResourceKey): number => {
  const byRank = kindRank(a.kind) - kindRank(b.kind) || (a.kind < b.kind ? -1 : Number(a.kind > b.kind));
  return byRank || (formatKey(a) < formatKey(b) ? -1 : 1);
};

const waveAnnotation = "argocd.argoproj.io/sync-wave";
const weightAnnotation = "helm.sh/hook-weight";

/** An unreadable wave is an error that names the object: guessing 0 could apply it before what it depends on. Helm's weight counts where there is no wave. */
export const waveOf = (manifest: Manifest): number => {
  const name = [waveAnnotation, weightAnnotation].find((each) => annotationOf(manifest, each) !== undefined);
  if (name === undefined) return 0;
  const text = annotationOf(manifest, name) ?? "";
  const wave = Number(text);
  if (Number.isInteger(wave) && text.trim() !== "") return wave;
  const object = describeKey(keyOf(manifest));
  throw new Failure("ManifestInvalid", object, `${object}: annotation ${name} is "${text}"; write an integer such as "1"`);
};

/** Of a live object that goes: whatever stands there, it must not keep the object from being deleted. */
export const liveWaveOf = (live: Manifest): number => {
  const wave = Number(annotationOf(live, waveAnnotation) ?? annotationOf(live, weightAnnotation) ?? 0);
  return Number.isInteger(wave) ? wave : 0;
};
