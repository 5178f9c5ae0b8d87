import { stringify } from "yaml";
import { sampleRepository } from "../sample/sample.ts";

const labels = { app: "lookout" };

const application = {
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name: "lookout", namespace: "argocd", finalizers: ["resources-finalizer.argocd.argoproj.io"] },
  spec: {
    project: "default",
    source: { repoURL: sampleRepository.url, targetRevision: sampleRepository.branch, path: "crew/lookout" },
    destination: { name: "harbor", namespace: "lookout" },
    syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ["CreateNamespace=true"] },
  },
};

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "lookout", labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "lookout", image: "traefik/whoami:v1.11.0" }] } },
  },
};

/** The file that declares it. */
export const lookoutApplication = "crew/applications/lookout.yaml";

/** Files that make one Application more in the sample's crew. */
export const lookout: Readonly<Record<string, string>> = {
  [lookoutApplication]: stringify(application),
  "crew/lookout/deployment.yaml": stringify(deployment),
};
