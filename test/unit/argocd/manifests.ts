import type { JsonObject } from "../../../shared/model/json.ts";
import type { Manifest, ObjectMeta } from "../../../shared/model/manifest.ts";

/** A well-formed Application; `spec` fields replace the ones here, undefined ones disappear. */
export const applicationManifest = (spec: JsonObject = {}, metadata: Partial<ObjectMeta> = {}): Manifest => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name: "web", namespace: "argocd", ...metadata },
  spec: {
    project: "default",
    source: { repoURL: "https://github.com/org/repo", path: "apps/web" },
    destination: { server: "https://kubernetes.default.svc", namespace: "production" },
    ...spec,
  },
});

export const manifestOf = (apiVersion: string, kind: string, metadata: Partial<ObjectMeta> = {}, rest: JsonObject = {}): Manifest => ({
  ...rest,
  apiVersion,
  kind,
  metadata: { name: "thing", namespace: "argocd", ...metadata },
});
