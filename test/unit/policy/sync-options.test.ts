import { describe, expect, it } from "vitest";
import {
  applicationOptions,
  objectOptions,
  objectOptionWarnings,
  type SyncOptions,
  syncOptionsOf,
} from "../../../shared/policy/sync-options.ts";
import { manifestOf } from "../argocd/manifests.ts";
import { anApplication } from "./applications.ts";

const application = (...syncOptions: readonly string[]) => anApplication({ syncPolicy: { syncOptions } });
const object = (options: string, more: Readonly<Record<string, string>> = {}) =>
  manifestOf("apps/v1", "Deployment", {
    name: "web",
    namespace: "production",
    annotations: { ...(options !== "" && { "argocd.argoproj.io/sync-options": options }), ...more },
  });

describe("sync options", () => {
  it("are Argo CD's defaults, but for server-side apply of what changed", () => {
    expect(syncOptionsOf(application(), object(""))).toEqual({
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
    });
  });

  it.each<[string, Partial<SyncOptions>]>([
    ["Prune=false", { prune: "never" }],
    ["Prune=confirm", { prune: "confirm" }],
    ["Delete=false", { delete: "never" }],
    ["Delete=confirm", { delete: "confirm" }],
    ["PruneLast=true", { pruneLast: true }],
    ["PrunePropagationPolicy=background", { propagation: "Background" }],
    ["PrunePropagationPolicy=orphan", { propagation: "Orphan" }],
    ["Replace=true", { replace: true }],
    ["ServerSideApply=false", { serverSideApply: false }],
    ["ClientSideApplyMigration=false", { clientSideApplyMigration: false }],
    ["ApplyOutOfSyncOnly=false", { applyOutOfSyncOnly: false }],
    ["SkipDryRunOnMissingResource=true", { skipDryRunOnMissingResource: true }],
    ["Validate=false", { validate: false }],
    ["PreflightDryRun=false", { preflightDryRun: false }],
  ])("may be %s, for all objects or for one", (option, fields) => {
    const usual = syncOptionsOf(application());
    expect(syncOptionsOf(application(option))).toEqual({ ...usual, ...fields });
    expect(syncOptionsOf(application(), object(option))).toEqual({ ...usual, ...fields });
  });

  it.each<[string, Partial<SyncOptions>]>([
    ["CreateNamespace=true", { createNamespace: true }],
    ["FailOnSharedResource=true", { failOnSharedResource: true }],
    ["RespectIgnoreDifferences=true", { respectIgnoreDifferences: true }],
  ])("may be %s, for the Application only", (option, fields) => {
    const usual = syncOptionsOf(application());
    expect(syncOptionsOf(application(option))).toEqual({ ...usual, ...fields });
    expect(syncOptionsOf(application(), object(option))).toEqual(usual);
  });

  it("may be Force=true for one object, and not for all, as in Argo CD's code", () => {
    expect(syncOptionsOf(application(), object("Force=true,Replace=true"))).toMatchObject({ force: true, replace: true });
    expect(syncOptionsOf(application("Force=true")).force).toBe(false);
  });
});

describe("an object's own option", () => {
  it.each<[string, string, Partial<SyncOptions>]>([
    ["Prune=false", "Prune=true", { prune: "yes" }],
    ["Prune=confirm", "Prune=false", { prune: "never" }],
    ["Delete=false", "Delete=confirm", { delete: "confirm" }],
    ["ServerSideApply=true", "ServerSideApply=false", { serverSideApply: false }],
    ["Replace=true", "Replace=false", { replace: false }],
    ["PruneLast=true", "PruneLast=false", { pruneLast: false }],
  ])("goes before the Application's: %s and %s", (all, own, fields) => {
    expect(syncOptionsOf(application(all), object(` ${own} `))).toMatchObject(fields);
  });

  it("leaves the Application's others as they are", () => {
    expect(syncOptionsOf(application("Prune=confirm", "Replace=true"), object("PruneLast=true"))).toMatchObject({
      prune: "confirm",
      replace: true,
      pruneLast: true,
    });
  });

  it("is not needed where Helm says keep: such an object is neither pruned nor deleted", () => {
    const kept = object("Prune=true,Delete=confirm", { "helm.sh/resource-policy": "keep" });
    expect(syncOptionsOf(application(), kept)).toMatchObject({ prune: "never", delete: "never", keptBy: "Helm's resource policy" });
    expect(syncOptionsOf(application(), object("", { "helm.sh/resource-policy": "other" })).prune).toBe("yes");
  });
});

describe("options that a person gives with a sync", () => {
  const request = { by: "ann", prune: false, dryRun: false };

  it("take the place of the Application's, as in Argo CD", () => {
    const both = syncOptionsOf(application("PruneLast=true"), undefined, { ...request, syncOptions: ["Replace=true"] });
    expect(both).toMatchObject({ pruneLast: false, replace: true });
    expect(syncOptionsOf(application("PruneLast=true"), undefined, request).pruneLast).toBe(true);
  });

  it("force all objects where the strategy does, but those that say no", () => {
    const base = applicationOptions(application(), { ...request, strategy: { kind: "hook", force: true } });
    expect([objectOptions(base, object("")).force, objectOptions(base, object("Force=false")).force]).toEqual([true, false]);
  });
});

describe("an option in vain", () => {
  it("changes nothing, and the first of two counts", () => {
    expect(syncOptionsOf(application("Prune=maybe", "Frobnicate=true", "Replace", "PruneLast=false", "PruneLast=true"))).toEqual(
      syncOptionsOf(application()),
    );
  });

  it("on an object is told with that object's name", () => {
    const where = "Deployment production/web: argocd.argoproj.io/sync-options";
    expect(objectOptionWarnings(object("Prune=maybe,Frobnicate=true,Replace,CreateNamespace=true,Prune=false"))).toEqual([
      `${where} Prune is "maybe" and has no effect; write one of true, false, confirm`,
      `${where} "Frobnicate" is not known and has no effect`,
      `${where} "Replace" has no effect; write it as Name=value, such as CreateNamespace=true`,
      `${where} CreateNamespace has no effect here: it is an option of the Application, in spec.syncPolicy.syncOptions`,
    ]);
    expect(objectOptionWarnings(object(""))).toEqual([]);
  });
});
