import { describe, expect, it } from "vitest";
import { parseApplication } from "../../../shared/argocd/parse-application.ts";
import type { JsonObject } from "../../../shared/model/json.ts";
import { applicationManifest } from "./manifests.ts";

const refusal = (spec: JsonObject, name = "web"): string => {
  const answer = parseApplication(applicationManifest(spec, { name }));
  return answer.state === "refused" ? answer.failure.message : "parsed";
};
const source = { repoURL: "https://github.com/org/repo", path: "apps" };
const chart = { repoURL: "https://charts.example.org", chart: "app", targetRevision: "1.0.0" };

describe("an Application that cannot be used", () => {
  it("is told by name with everything that is wrong at once", () => {
    const message = refusal({ project: undefined, source: { path: 5, helm: { values: { a: 1 } } }, destination: {} });
    expect(message).toBe(
      "Application argocd/web cannot be used: spec.project is missing; write a string; spec.source.repoURL is missing; write a string; " +
        'spec.source.path is the number 5; write a string, in quotes: "5"; ' +
        "spec.source.helm.values is a map of fields; write a string; spec.destination has neither server nor name; give one of the two",
    );
  });

  it("has broken rules told beside wrong shapes", () => {
    const both = { server: "https://a", name: "b" };
    const helm = { skipCrds: "yes" };
    const sources = [
      { ...source, path: "../x" },
      { ...source, helm },
      { ...source, plugin: { name: "x" } },
    ];
    const message = refusal({ source: undefined, sources, destination: both, revisionHistoryLimit: -1 });
    expect(message).toContain('spec.sources[1].helm.skipCrds is "yes"; write true or false');
    expect(message).toContain("spec.sources[0].path leads out of the repository");
    expect(message).toContain("spec.sources[2].plugin asks for a config management plugin");
    expect(message).toContain("spec.destination has both server and name");
    expect(message).toContain("spec.revisionHistoryLimit is negative");
  });

  it.each([
    ["both source and sources", { sources: [source] }, "spec.sources stands beside spec.source; give one of the two"],
    ["no source at all", { source: undefined }, "spec.source is missing; give spec.source or spec.sources"],
    ["an empty list of sources", { source: undefined, sources: [] }, "spec.source is missing"],
    ["neither path nor chart", { source: { repoURL: "https://x/y" } }, "spec.source.path is missing"],
    [
      "a chart without version",
      { source: { ...chart, targetRevision: "" } },
      "spec.source.targetRevision is missing; a chart needs a version",
    ],
    ["a chart that lends value files", { source: undefined, sources: [{ ...chart, ref: "v" }] }, "spec.sources[0].ref stands beside chart"],
    ["a chart name that climbs", { source: { ...chart, chart: ".." } }, "spec.source.chart is not a chart's name"],
    ["options for two tools", { source: { ...source, helm: {}, kustomize: {} } }, "spec.source has options for helm and kustomize"],
    ["an absolute path", { source: { ...source, path: "/etc" } }, "spec.source.path leads out of the repository"],
    ["a path that comes back too late", { source: { ...source, path: "a/../../a" } }, "leads out of the repository"],
    ["a ref with a slash", { source: undefined, sources: [{ ...source, ref: "a/b" }] }, "spec.sources[0].ref has other characters"],
    [
      "one ref twice",
      {
        source: undefined,
        sources: [
          { ...source, ref: "a" },
          { ...source, ref: "a" },
        ],
      },
      'spec.sources[1].ref is "a" as in spec.sources[0]',
    ],
    ["a destination with both", { destination: { server: "https://a", name: "b" } }, "spec.destination has both server and name"],
    ["a destination with neither", { destination: { name: "", namespace: "a" } }, "spec.destination has neither server nor name"],
    ["a plugin", { source: { ...source, plugin: { name: "x" } } }, "spec.source.plugin asks for a config management plugin"],
    ["a tag prefix", { source: { ...source, tagPrefix: "web/" } }, "spec.source.tagPrefix is not supported yet"],
    [
      "replicas that are no number",
      { source: { ...source, kustomize: { replicas: [{ name: "a", count: "x" }] } } },
      "count is not a number of replicas",
    ],
    ["an ignoreDifferences without kind", { ignoreDifferences: [{ jsonPointers: ["/a"] }] }, "spec.ignoreDifferences[0].kind is missing"],
    [
      "a list where a flag is wanted",
      { syncPolicy: { automated: { prune: [] } } },
      "spec.syncPolicy.automated.prune is a list; write true or false",
    ],
  ])("is refused for %s", (_, spec, words) => {
    expect(refusal(spec)).toContain(words);
  });

  it("is refused for a hydrator alone with one sentence", () => {
    const sourceHydrator = { drySource: { ...source, targetRevision: "HEAD" }, syncSource: { targetBranch: "env/a", path: "a" } };
    expect(refusal({ source: undefined, sourceHydrator })).toBe(
      "Application argocd/web cannot be used: spec.sourceHydrator is not supported yet; give spec.source or spec.sources",
    );
  });

  it("is refused for a name that Kubernetes does not take", () => {
    expect(refusal({}, "Web_App")).toContain("metadata.name is not a name Kubernetes takes");
    expect(refusal({}, "")).toContain("metadata.name");
  });

  it("is refused without a spec", () => {
    const answer = parseApplication({ apiVersion: "argoproj.io/v1alpha1", kind: "Application", metadata: { name: "web" } });
    expect(answer.state === "refused" && answer.failure.message).toBe(
      "Application web cannot be used: spec is missing; write a map of fields",
    );
  });
});
