import { stringify } from "yaml";
import type { Files } from "../support/git-repository.ts";
import { benchRepository } from "./stack.ts";

/** An Application as most teams write it, into a namespace of its own. */
export const applicationFile = (name: string, path: string): Files => ({
  [`${benchRepository.controlPath}/${name}.yaml`]: stringify({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: "argocd" },
    spec: {
      project: "default",
      source: { repoURL: benchRepository.url, targetRevision: "main", path },
      destination: { server: "https://kubernetes.default.svc", namespace: name },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ["CreateNamespace=true"] },
    },
  }),
});

/** The object that changes, and by which the watch knows what has been applied. */
export const configMap = (value: string): string =>
  stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", labels: { bench: "settings" } }, data: { value } });

/** A ConfigMap, a ServiceAccount, a Service and a Deployment, a file each. */
export const fourObjects = (folder: string, value: string): Files => ({
  [`${folder}/settings.yaml`]: configMap(value),
  [`${folder}/account.yaml`]: stringify({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" } }),
  [`${folder}/service.yaml`]: stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { clusterIP: "None", selector: { app: "web" }, ports: [{ name: "http", port: 80 }] },
  }),
  [`${folder}/deployment.yaml`]: stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "example.com/web:1" }] } },
    },
  }),
});

export const numbered = (prefix: string, count: number): readonly string[] => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
