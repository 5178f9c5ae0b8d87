import { parseSyncOptions, type WrittenOptions } from "../argocd/sync-options.ts";
import type { Application } from "../model/application.ts";
import { annotationOf, listAnnotation, type Manifest } from "../model/manifest.ts";
import { describeKey, keyOf } from "../model/resource-key.ts";
import type { SyncRequest } from "../model/sync-request.ts";

/** What is done with an object that Git no longer has, or whose Application goes: as asked, never, or after a person's yes. */
export type Removal = "yes" | "never" | "confirm";

/** How one object is synced. The options of an Application alone are those of an object that says nothing. */
export interface SyncOptions {
  readonly prune: Removal;
  readonly delete: Removal;
  /** What keeps the object, as people know it: `Prune=false`, or Helm's own annotation. */
  readonly keptBy?: "Helm's resource policy";
  /** It is pruned after the last wave. */
  readonly pruneLast: boolean;
  readonly propagation: "Foreground" | "Background" | "Orphan";
  /** Replaced as a whole, instead of applied. */
  readonly replace: boolean;
  /** Deleted and created again where it cannot be changed. */
  readonly force: boolean;
  readonly serverSideApply: boolean;
  /** Fields that kubectl's client-side apply wrote become ours. */
  readonly clientSideApplyMigration: boolean;
  readonly applyOutOfSyncOnly: boolean;
  readonly failOnSharedResource: boolean;
  readonly respectIgnoreDifferences: boolean;
  readonly skipDryRunOnMissingResource: boolean;
  readonly validate: boolean;
  readonly createNamespace: boolean;
  /** Our own: all is tried on the server before anything is changed. */
  readonly preflightDryRun: boolean;
}

const syncOptionsAnnotation = "argocd.argoproj.io/sync-options";

/** Argo CD's, but that objects are applied server-side and only when they changed. */
const usual: SyncOptions = {
  prune: "yes",
  delete: "yes",
  pruneLast: false,
  propagation: "Foreground",
  replace: false,
  force: false,
  serverSideApply: true,
  clientSideApplyMigration: true,
  applyOutOfSyncOnly: true,
  failOnSharedResource: false,
  respectIgnoreDifferences: false,
  skipDryRunOnMissingResource: false,
  validate: true,
  createNamespace: false,
  preflightDryRun: true,
};

/** Options for all objects of one sync. Those that a person gives with it take the place of the Application's, as in Argo CD. */
export const applicationOptions = ({ syncPolicy }: Pick<Application, "syncPolicy">, request?: SyncRequest): SyncOptions => {
  const entries = request?.syncOptions ?? syncPolicy.syncOptions;
  const { options } = parseSyncOptions(entries, "application", String);
  return { ...merged(usual, options), ...(request?.strategy?.force && { force: true }) };
};

/** Options for one object: what it says itself goes before `base`, which `applicationOptions` made. The live object counts for what is pruned. */
export const objectOptions = (base: SyncOptions, manifest: Manifest): SyncOptions => {
  const entries = listAnnotation(manifest, syncOptionsAnnotation);
  const own = entries.length === 0 ? base : merged(base, parseSyncOptions(entries, "object", String).options);
  if (annotationOf(manifest, "helm.sh/resource-policy") !== "keep") return own;
  return { ...own, prune: "never", delete: "never", keptBy: "Helm's resource policy" };
};

/** Both at once; where many objects are asked for, make `applicationOptions` once. */
export const syncOptionsOf = (application: Pick<Application, "syncPolicy">, manifest?: Manifest, request?: SyncRequest): SyncOptions => {
  const base = applicationOptions(application, request);
  return manifest === undefined ? base : objectOptions(base, manifest);
};

/** Sentences about what an object's annotation says in vain. */
export const objectOptionWarnings = (manifest: Manifest): readonly string[] => {
  const entries = listAnnotation(manifest, syncOptionsAnnotation);
  if (entries.length === 0) return [];
  return parseSyncOptions(entries, "object", () => `${describeKey(keyOf(manifest))}: ${syncOptionsAnnotation}`).warnings;
};

const removals: Readonly<Record<string, Removal>> = { true: "yes", false: "never", confirm: "confirm" };
const propagations: Readonly<Record<string, SyncOptions["propagation"]>> = {
  foreground: "Foreground",
  background: "Background",
  orphan: "Orphan",
};

const merged = (base: SyncOptions, written: WrittenOptions): SyncOptions => ({
  prune: removals[written.Prune ?? ""] ?? base.prune,
  delete: removals[written.Delete ?? ""] ?? base.delete,
  pruneLast: flagOf(written.PruneLast, base.pruneLast),
  propagation: propagations[written.PrunePropagationPolicy ?? ""] ?? base.propagation,
  replace: flagOf(written.Replace, base.replace),
  force: flagOf(written.Force, base.force),
  serverSideApply: flagOf(written.ServerSideApply, base.serverSideApply),
  clientSideApplyMigration: flagOf(written.ClientSideApplyMigration, base.clientSideApplyMigration),
  applyOutOfSyncOnly: flagOf(written.ApplyOutOfSyncOnly, base.applyOutOfSyncOnly),
  failOnSharedResource: flagOf(written.FailOnSharedResource, base.failOnSharedResource),
  respectIgnoreDifferences: flagOf(written.RespectIgnoreDifferences, base.respectIgnoreDifferences),
  skipDryRunOnMissingResource: flagOf(written.SkipDryRunOnMissingResource, base.skipDryRunOnMissingResource),
  validate: flagOf(written.Validate, base.validate),
  createNamespace: flagOf(written.CreateNamespace, base.createNamespace),
  preflightDryRun: flagOf(written.PreflightDryRun, base.preflightDryRun),
});

const flagOf = (value: string | undefined, otherwise: boolean): boolean => (value === undefined ? otherwise : value === "true");
