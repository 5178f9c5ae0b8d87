import type { JsonObject } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";

/** A live object as scripts see it: without the server's own bookkeeping, which is often most of it and says nothing to a script. */
export const scriptView = (live: Manifest): JsonObject => {
  const { managedFields, ...metadata } = live.metadata;
  return { ...live, metadata };
};
