import { describe, expect, it } from "vitest";
import { parseApplication } from "../../../shared/argocd/parse-application.ts";
import type { Application } from "../../../shared/model/application.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { applicationManifest } from "./manifests.ts";

const parsed = (manifest: Manifest): { application: Application; warnings: readonly string[] } => {
  const answer = parseApplication(manifest);
  if (answer.state === "refused") throw answer.failure;
  return answer;
};
const applicationOf = (spec: JsonObject = {}): Application => parsed(applicationManifest(spec)).application;

describe("an Application", () => {
  it("becomes the model with Argo CD's defaults", () => {
    expect(applicationOf()).toEqual({
      name: "web",
      namespace: "argocd",
      project: "default",
      labels: {},
      annotations: {},
      finalizers: [],
      sources: [{ repoURL: "https://github.com/org/repo", targetRevision: "HEAD", path: "apps/web" }],
      destination: { server: "https://kubernetes.default.svc", namespace: "production" },
      syncPolicy: { syncOptions: [] },
      ignoreDifferences: [],
      revisionHistoryLimit: 10,
    });
  });

  it("belongs to the project default when its project is empty", () => {
    expect(applicationOf({ project: "" }).project).toBe("default");
  });

  it("keeps finalizers, labels and annotations", () => {
    const metadata = { finalizers: ["resources-finalizer.argocd.argoproj.io"], labels: { team: "a" }, annotations: { note: "b" } };
    expect(parsed(applicationManifest({}, metadata)).application).toMatchObject(metadata);
  });

  it("may have several sources, some of which only lend value files", () => {
    const sources = [
      { repoURL: "https://charts.example.org", chart: "app", targetRevision: "^1.2", helm: { valueFiles: ["$values/app.yaml"] } },
      { repoURL: "https://github.com/org/values", targetRevision: "main", ref: "values" },
    ];
    expect(applicationOf({ source: undefined, sources }).sources).toEqual([
      { ...sources[0], path: "" },
      { ...sources[1], path: "" },
    ]);
  });

  it("keeps all options of its tools", () => {
    const helm = {
      values: "a: 1",
      valuesObject: { replicas: null, image: { tag: 3 } },
      parameters: [{ name: "image.tag", value: "v1", forceString: true }],
      skipCrds: true,
      apiVersions: ["monitoring.coreos.com/v1"],
    };
    expect(applicationOf({ source: { repoURL: "https://github.com/org/repo", path: "chart", helm } }).sources[0]?.helm).toEqual(helm);
    const kustomize = {
      images: ["web=web:v2"],
      replicas: [{ name: "web", count: 3 }],
      patches: [{ patch: "- op: remove", target: { kind: "Deployment" } }],
    };
    expect(applicationOf({ source: { repoURL: "https://github.com/org/repo", path: ".", kustomize } }).sources[0]?.kustomize).toEqual(
      kustomize,
    );
  });

  it("treats a null field as an absent one, except in Helm's values where it removes a default", () => {
    const { application, warnings } = parsed(applicationManifest({ syncPolicy: { automated: null }, ignoreDifferences: null }));
    expect(application.syncPolicy.automated).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("ignores what only the API server writes", () => {
    const exported = applicationManifest({}, { uid: "1", resourceVersion: "5", creationTimestamp: "2026-01-01T00:00:00Z" });
    expect(parsed({ ...exported, status: { sync: {} } }).warnings).toEqual([]);
  });

  it("takes what ignoreDifferences leaves out as empty", () => {
    const rule = { kind: "Deployment", jsonPointers: ["/spec/replicas"] };
    expect(applicationOf({ ignoreDifferences: [rule] }).ignoreDifferences).toEqual([
      { ...rule, group: "", jqPathExpressions: [], managedFieldsManagers: [] },
    ]);
  });
});

describe("auto-sync", () => {
  const automated = (value: JsonObject) => applicationOf({ syncPolicy: { automated: value } }).syncPolicy.automated;

  it("is on for an empty block, without pruning and self-heal", () => {
    expect(automated({})).toEqual({ prune: false, selfHeal: false, allowEmpty: false });
  });

  it("takes its switches", () => {
    expect(automated({ enabled: true, prune: true, selfHeal: true, allowEmpty: true })).toEqual({
      prune: true,
      selfHeal: true,
      allowEmpty: true,
    });
  });

  it("is manual with enabled: false and without the block", () => {
    expect(automated({ enabled: false, prune: true })).toBeUndefined();
    expect(applicationOf({ syncPolicy: {} }).syncPolicy.automated).toBeUndefined();
  });
});

describe("a field that changes nothing", () => {
  const warnings = (spec: JsonObject) => parsed(applicationManifest(spec)).warnings;
  const source = { repoURL: "https://github.com/org/repo", path: "apps" };

  it("is named with its place when it is not known", () => {
    expect(warnings({ source: { ...source, foo: 1, helm: { valeus: "a" } }, syncPolice: {} })).toEqual([
      "spec.source.foo is not known and has no effect",
      "spec.source.helm.valeus is not known and has no effect",
      "spec.syncPolice is not known and has no effect",
    ]);
  });

  it("is said to be unsupported when Argo CD knows it", () => {
    expect(warnings({ source: { ...source, helm: { version: "v3" } }, syncPolicy: { retry: { limit: 2 } } })).toEqual([
      "spec.source.helm.version is not supported yet and has no effect: the helm of our release renders every source",
    ]);
  });

  it("is not mentioned when it is empty, as tools write it", () => {
    expect(warnings({ source: { ...source, directory: { recurse: true, jsonnet: {} }, tagPrefix: "" } })).toEqual([]);
  });

  it("is told for sync options too", () => {
    const syncOptions = ["CreateNamespace=true", "ServerSideApply=false", "Validate=true", "Frobnicate=true", "CreateNamespace"];
    expect(warnings({ syncPolicy: { syncOptions } })).toEqual([
      "spec.syncPolicy.syncOptions[1] ServerSideApply=false has no effect: objects are always applied server-side",
      'spec.syncPolicy.syncOptions[3] "Frobnicate" is not known and has no effect',
      'spec.syncPolicy.syncOptions[4] "CreateNamespace" has no effect; write it as Name=value, such as CreateNamespace=true',
    ]);
  });

  it("is told where another field makes it useless", () => {
    expect(warnings({ source: { ...source, ref: "values" } })).toEqual([
      "spec.source.ref has no effect: only sources under spec.sources are referred to",
    ]);
    expect(warnings({ syncPolicy: { managedNamespaceMetadata: { labels: { a: "b" } } } })[0]).toMatch(/without CreateNamespace=true/);
  });
});
