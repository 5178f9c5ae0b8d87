import type { Application, Source } from "../../model/application.ts";
import { variables } from "../../model/build-environment.ts";
import type { BuildEnvironment } from "../../model/render-input.ts";

/** Where a source's objects go, as far as rendering may ask for it. */
export interface DestinationFacts {
  /** `v1.36.3` */
  readonly kubeVersion: string;
  /** `v1`, `apps/v1`, `apps/v1/Deployment` and so on, in any order. */
  readonly apiVersions: readonly string[];
}

/** Argo CD's build environment of one source. */
export const buildEnvironmentOf = (
  application: Pick<Application, "name" | "project" | "destination">,
  source: Source,
  sha: string,
  destination: DestinationFacts,
): BuildEnvironment => ({
  ARGOCD_APP_NAME: application.name,
  ARGOCD_APP_NAMESPACE: application.destination.namespace,
  ARGOCD_APP_PROJECT_NAME: application.project,
  ARGOCD_APP_REVISION: sha,
  ARGOCD_APP_REVISION_SHORT: sha.slice(0, 7),
  ARGOCD_APP_REVISION_SHORT_8: sha.slice(0, 8),
  ARGOCD_APP_SOURCE_PATH: source.path,
  ARGOCD_APP_SOURCE_REPO_URL: source.repoURL,
  ARGOCD_APP_SOURCE_TARGET_REVISION: source.targetRevision,
  KUBE_VERSION: destination.kubeVersion.replace(/^v/, ""),
  KUBE_API_VERSIONS: destination.apiVersions.toSorted().join(","),
});

/**
 * The variables that a source's tool options refer to: only these are part of its input, so that a new commit, or another Application's name,
 * renders nothing again where nobody asks for it. A mention where Argo CD would not replace it counts, too: it costs a render, not correctness.
 */
export const buildEnvironmentUsed = (source: Source, environment: BuildEnvironment): BuildEnvironment => {
  const text = JSON.stringify([source.kustomize, source.helm]);
  const names = new Set([...text.matchAll(variables)].map(([, braced, plain]) => braced ?? plain ?? ""));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => names.has(name)));
};

/** Does the source's input change with every commit? */
export const usesRevision = (used: BuildEnvironment): boolean => Object.keys(used).some((name) => name.startsWith("ARGOCD_APP_REVISION"));
