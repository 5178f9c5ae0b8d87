import { describe, expect, it } from "vitest";
import { mergePatch } from "../../../shared/fetch/source/effective-source.ts";
import { digestOfSource, evaluated, failureOf, source } from "./closure-cases.ts";

const chart = { "apps/web/Chart.yaml": "name: web\nversion: 1.0.0", "apps/web/templates/a.yaml": "kind: A" };
const web = source("apps/web", { helm: { parameters: [{ name: "tag", value: "1" }], releaseName: "web" } });

describe("a source's overrides in its repository", () => {
  it("are merged into it, those for all Applications first, then those for its own", () => {
    const tree = {
      ...chart,
      "apps/web/.argocd-source.yaml": "helm: {releaseName: all, skipCrds: true}",
      "apps/web/.argocd-source-web.yaml": "helm: {releaseName: own, parameters: [{name: tag, value: '2'}]}",
      "apps/web/.argocd-source-other.yaml": "helm: {releaseName: other}",
    };
    expect(evaluated(tree, web).source.helm).toEqual({ releaseName: "own", skipCrds: true, parameters: [{ name: "tag", value: "2" }] });
    expect(evaluated(tree, web, { application: "other" }).source.helm?.releaseName).toBe("other");
    expect(evaluated(tree, web).perApplication).toBe(true);
  });

  it("cannot change where the source comes from", () => {
    const override = "repoURL: https://evil.example.com\npath: ../..\ntargetRevision: other\nchart: x\nref: y\nhelm: {skipTests: true}";
    const found = evaluated({ ...chart, "apps/web/.argocd-source.yaml": override }, web).source;
    expect(found).toEqual({ ...web, helm: { ...web.helm, skipTests: true } });
  });

  it("choose the tool, as the source itself would", () => {
    const tree = { ...chart, "apps/web/.argocd-source.yaml": "helm: null\ndirectory: {recurse: true}" };
    expect(evaluated(tree, web).kind).toBe("directory");
  });

  it.each([
    ["helm: [", /^apps\/web\/.argocd-source.yaml:\d+ is not YAML/],
    ["- a", /is not a map of fields/],
    ["helm: {parameters: [{name: tag, value: 2}]}", /apps\/web\/.argocd-source.yaml cannot be used: helm.parameters\[0\].value/],
  ])("are refused naming file and field: %s", (override, message) => {
    expect(failureOf({ ...chart, "apps/web/.argocd-source.yaml": override }, web).message).toMatch(message);
  });

  it("of nothing change nothing", () => {
    const tree = { ...chart, "apps/web/.argocd-source.yaml": "" };
    expect(evaluated(tree, web).source).toEqual(web);
  });

  it("do not count for other tools' files", () => {
    const kustomize = source("apps/k");
    const tree = { "apps/k/kustomization.yaml": "{}" };
    expect(digestOfSource({ ...tree, "apps/k/.argocd-source.yaml": "{}" }, kustomize)).toBe(digestOfSource(tree, kustomize));
  });
});

describe("a merge patch (RFC 7386, appendix A)", () => {
  it.each([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("of %j with %j is %j", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });
});
