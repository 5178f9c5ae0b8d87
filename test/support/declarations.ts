import { stringify } from "yaml";
import { hostUrl } from "./fleet.ts";

/** How an Application of a test differs from the usual: automated with prune and self-heal, on the default cluster. */
export interface ApplicationPlan {
  readonly repository: string;
  readonly path: string;
  readonly namespace: string;
  readonly cluster?: string;
  readonly targetRevision?: string;
  readonly repoURL?: string;
  /** `null` for manual sync. */
  readonly automated?: Readonly<Record<string, boolean>> | null;
  readonly syncOptions?: readonly string[];
  readonly finalizer?: boolean;
  /** More fields of the source, such as `helm` or `directory`. */
  readonly source?: Readonly<Record<string, unknown>>;
  readonly project?: string;
}

/** An Argo CD Application as a team would write it. */
export const applicationYaml = (name: string, plan: ApplicationPlan): string =>
  stringify({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name,
      namespace: "argocd",
      ...(plan.finalizer === true && { finalizers: ["resources-finalizer.argocd.argoproj.io"] }),
    },
    spec: {
      project: plan.project ?? "default",
      source: {
        repoURL: plan.repoURL ?? hostUrl(plan.repository),
        targetRevision: plan.targetRevision ?? "main",
        path: plan.path,
        ...plan.source,
      },
      destination: {
        ...(plan.cluster === undefined ? { server: "https://kubernetes.default.svc" } : { name: plan.cluster }),
        namespace: plan.namespace,
      },
      syncPolicy: {
        ...(plan.automated !== null && { automated: plan.automated ?? { prune: true, selfHeal: true } }),
        ...(plan.syncOptions && { syncOptions: plan.syncOptions }),
      },
    },
  });

export const configMapYaml = (name: string, data: Readonly<Record<string, string>> = { a: "b" }): string =>
  stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });

export const deploymentYaml = (name: string, replicas = 1, image = "nginx:1.27"): string =>
  stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "main", image }] } },
    },
  });
