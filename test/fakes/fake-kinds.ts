import { isJsonObject, type Json } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { ServedKind } from "../../shared/ports/cluster.ts";

const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

const namespaced: Readonly<Record<string, string>> = {
  ConfigMap: "v1",
  Pod: "v1",
  PersistentVolumeClaim: "v1",
  Secret: "v1",
  Service: "v1",
  ServiceAccount: "v1",
  DaemonSet: "apps/v1",
  Deployment: "apps/v1",
  ReplicaSet: "apps/v1",
  StatefulSet: "apps/v1",
  CronJob: "batch/v1",
  Job: "batch/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  Ingress: "networking.k8s.io/v1",
  NetworkPolicy: "networking.k8s.io/v1",
  Role: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
};

const clusterScoped: Readonly<Record<string, string>> = {
  Namespace: "v1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
};

const pluralOf = (kind: string): string => {
  const lower = kind.toLowerCase();
  if (lower.endsWith("y")) return `${lower.slice(0, -1)}ies`;
  return lower.endsWith("s") ? `${lower}es` : `${lower}s`;
};

const rows = (kinds: Readonly<Record<string, string>>, isNamespaced: boolean): readonly ServedKind[] =>
  Object.entries(kinds).map(([kind, apiVersion]) => ({ apiVersion, kind, plural: pluralOf(kind), namespaced: isNamespaced, verbs }));

/** A question that is answered, and never stored. */
const review: ServedKind = {
  apiVersion: "authorization.k8s.io/v1",
  kind: "SelfSubjectAccessReview",
  plural: "selfsubjectaccessreviews",
  namespaced: false,
  verbs: ["create"],
};

/** What a fresh server knows, as far as tests need it. */
export const builtInKinds: readonly ServedKind[] = [...rows(namespaced, true), ...rows(clusterScoped, false), review];

/** The kind that a CustomResourceDefinition adds, served at once. */
export const kindOfCrd = (object: Manifest): ServedKind | undefined => {
  if (object.kind !== "CustomResourceDefinition" || !isJsonObject(object.spec)) return undefined;
  const { group, names, scope, versions } = object.spec;
  const version = Array.isArray(versions) && isJsonObject(versions[0]) ? text(versions[0].name) : "v1";
  const named = isJsonObject(names) ? names : {};
  return {
    apiVersion: `${text(group)}/${version}`,
    kind: text(named.kind),
    plural: text(named.plural),
    namespaced: scope === "Namespaced",
    verbs,
  };
};

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
