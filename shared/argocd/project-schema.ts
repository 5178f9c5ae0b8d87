import * as z from "zod/mini";

/** The parts of an AppProject's `spec` that are acted on, as the CRD has them. Everything else is kept as written. */
const text = z.string();
const maybe = z.exactOptional;

const SyncWindowManifest = z.object({
  kind: z.enum(["allow", "deny"]),
  schedule: text,
  duration: text,
  timeZone: maybe(text),
  applications: maybe(z.array(text)),
  namespaces: maybe(z.array(text)),
  clusters: maybe(z.array(text)),
  andOperator: maybe(z.boolean()),
  manualSync: maybe(z.boolean()),
  syncOverrun: maybe(z.boolean()),
  description: maybe(text.check(z.maxLength(255, "is longer than 255 characters"))),
});
export type WrittenSyncWindow = z.infer<typeof SyncWindowManifest>;

const OrphanedResourcesManifest = z.object({
  warn: maybe(z.boolean()),
  ignore: maybe(z.array(z.object({ group: maybe(text), kind: maybe(text), name: maybe(text) }))),
});

/** Acted on, and therefore not among the rules that a parse warns about. */
export const followedRules = ["description", "syncWindows", "orphanedResources", "destinationServiceAccounts"];

export const ProjectSpec = z.object({
  description: maybe(text),
  syncWindows: maybe(z.array(SyncWindowManifest)),
  orphanedResources: maybe(OrphanedResourcesManifest),
  destinationServiceAccounts: maybe(z.array(z.object({ server: text, namespace: maybe(text), defaultServiceAccount: text }))),
});
