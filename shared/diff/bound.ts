import type { Manifest } from "../model/manifest.ts";

/** An update that only counts for the object as it was looked at: whoever wrote since then makes it a conflict. Without a live object, a create. */
export const boundTo = (live: Manifest | undefined, manifest: Manifest): Manifest => {
  if (live?.metadata.uid === undefined || live.metadata.resourceVersion === undefined) return manifest;
  const { uid, resourceVersion } = live.metadata;
  return { ...manifest, metadata: { ...manifest.metadata, uid, resourceVersion } };
};

/**
 * No object has it: etcd counts its own beginning as 1. A server-side apply that names a version creates what is not there, whatever the version is,
 * and is a conflict where something stands that has another one.
 */
const versionOfNone = "1";

/** A create that only counts where nothing stands: whatever came since it was looked for makes it a conflict. */
export const boundToAbsence = (manifest: Manifest): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, resourceVersion: versionOfNone },
});
