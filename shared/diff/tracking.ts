import type { Manifest } from "../model/manifest.ts";
import { annotationOf } from "../model/manifest.ts";
import { formatKey, keyOf, type ResourceKey } from "../model/resource-key.ts";

export const trackingAnnotation = "argocd.argoproj.io/tracking-id";

/** `web:apps/Deployment:production/web`, as Argo CD writes it. */
const trackingId = (application: string, key: ResourceKey): string => `${application}:${formatKey(key)}`;

export const tracked = (manifest: Manifest, application: string): Manifest => ({
  ...manifest,
  metadata: {
    ...manifest.metadata,
    annotations: { ...manifest.metadata.annotations, [trackingAnnotation]: trackingId(application, keyOf(manifest)) },
  },
});

/** The Application that tracks a live object. An id that names another object is a copy (made by HNC and the like) and means nobody. */
export const trackerOf = (live: Manifest): string | undefined => {
  const id = annotationOf(live, trackingAnnotation);
  if (id === undefined) return undefined;
  const colon = id.indexOf(":");
  if (colon < 1) return undefined;
  return id.slice(colon + 1) === formatKey(keyOf(live)) ? id.slice(0, colon) : undefined;
};
