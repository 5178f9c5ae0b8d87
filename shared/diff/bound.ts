import type { Manifest } from "../model/manifest.ts";

/** An update that only counts for the object as it was looked at: whoever wrote since then makes it a conflict. Without a live object, a create. */
export const boundTo = (live: Manifest | undefined, manifest: Manifest): Manifest => {
  if (live?.metadata.uid === undefined || live.metadata.resourceVersion === undefined) return manifest;
  const { uid, resourceVersion } = live.metadata;
  return { ...manifest, metadata: { ...manifest.metadata, uid, resourceVersion } };
};
