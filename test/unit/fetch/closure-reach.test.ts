import { describe, expect, it } from "vitest";
import { closureUnchanged } from "../../../shared/fetch/closure/reach.ts";
import type { Source } from "../../../shared/model/application.ts";
import { memorySnapshot, type Tree } from "../../fakes/memory-snapshot.ts";
import { digestOfSource, evaluated, evaluation, source } from "./closure-cases.ts";

const unchanged = (before: Tree, after: Tree, of: Source): boolean =>
  closureUnchanged(evaluation(before, of).reaches.own, memorySnapshot(after));

const overlays = {
  "base/kustomization.yaml": "resources: [a.yaml]",
  "base/a.yaml": "kind: A",
  "base/overlays/prod/kustomization.yaml": "resources: [../..]\npatches: [{path: files/p.yaml}]",
  "base/overlays/prod/files/p.yaml": "kind: A",
  "base/overlays/dev/kustomization.yaml": "resources: [../..]",
};
const prod = source("base/overlays/prod");

describe("what an evaluation reached", () => {
  it("is small: levels of the folders with kustomizations, files deeper down", () => {
    expect(Object.keys(evaluation(overlays, prod).reaches.own)).toEqual([
      "base/",
      "base/overlays/prod/",
      "base/overlays/prod/files/p.yaml",
    ]);
  });

  it("stands while other overlays of the same base change", () => {
    expect(unchanged(overlays, { ...overlays, "base/overlays/dev/kustomization.yaml": "{}" }, prod)).toBe(true);
    expect(unchanged(overlays, { ...overlays, "elsewhere/x.yaml": "x" }, prod)).toBe(true);
  });

  it.each(["base/a.yaml", "base/kustomization.yaml", "base/overlays/prod/kustomization.yaml", "base/overlays/prod/files/p.yaml"])(
    "moves with %s",
    (path) => {
      expect(unchanged(overlays, { ...overlays, [path]: "kind: Other" }, prod)).toBe(false);
    },
  );

  it.each([
    ["Chart.yaml, which changes the tool", "base/overlays/prod/Chart.yaml"],
    ["an override", "base/overlays/prod/.argocd-source-web.yaml"],
    ["a second kustomization", "base/kustomization.yml"],
  ])("moves when %s appears", (_, path) => {
    expect(unchanged(overlays, { ...overlays, [path]: "name: x" }, prod)).toBe(false);
  });

  it("moves with the level of a plain directory, and with what lies deeper only where that matters", () => {
    const flat = { "apps/a.yaml": "kind: A", "apps/deep/b.yaml": "kind: B" };
    expect(unchanged(flat, { ...flat, "apps/deep/b.yaml": "kind: C" }, source("apps"))).toBe(true);
    expect(unchanged(flat, { ...flat, "apps/new.yaml": "kind: N" }, source("apps"))).toBe(false);
    const recursing = source("apps", { directory: { recurse: true } });
    expect(unchanged(flat, { ...flat, "apps/deep/b.yaml": "kind: C" }, recursing)).toBe(false);
    const empty = { "apps/deep/b.yaml": "kind: B" };
    expect(unchanged(empty, { ...empty, "apps/deep/c.yaml": "kind: C" }, source("apps"))).toBe(false);
  });

  it("moves when a value file appears that was missing, or that a glob matches", () => {
    const chart = { "c/Chart.yaml": "name: c", "envs/a/values.yaml": "x: 1" };
    const optional = source("c", { helm: { valueFiles: ["/prod.yaml", "/envs/*/values.yaml"], ignoreMissingValueFiles: true } });
    expect(unchanged(chart, { ...chart, "prod.yaml": "x: 2" }, optional)).toBe(false);
    expect(unchanged(chart, { ...chart, "envs/b/values.yaml": "x: 3" }, optional)).toBe(false);
    expect(unchanged(chart, { ...chart, "dev.yaml": "x: 4" }, optional)).toBe(true);
  });

  it("moves when an optional component appears", () => {
    const tree = { "k/kustomization.yaml": "{}" };
    const optional = source("k", { kustomize: { components: ["../c"], ignoreMissingComponents: true } });
    expect(unchanged(tree, { ...tree, "c/kustomization.yaml": "kind: Component" }, optional)).toBe(false);
  });

  it("moves with the target of a symlink, not with its text alone", () => {
    const tree = { "apps/a.yaml": { target: "../x/a.yaml" }, "x/a.yaml": "kind: A", "y/a.yaml": "kind: A" };
    expect(unchanged(tree, { ...tree, "x/a.yaml": "kind: B" }, source("apps"))).toBe(false);
    const folder = { "c/Chart.yaml": "name: c", "c/crds": { target: "../crds" }, "crds/a.yaml": "kind: A" };
    expect(unchanged(folder, { ...folder, "crds/b.yaml": "kind: B" }, source("c"))).toBe(false);
  });

  it("moves with every commit where the build environment brings the revision in", () => {
    const tree = { "k/kustomization.yaml": "{}" };
    const images = source("k", { kustomize: { images: ["web=reg/web:$ARGOCD_APP_REVISION"] } });
    const { own } = evaluation(tree, images).reaches;
    expect(closureUnchanged(own, memorySnapshot(tree))).toBe(true);
    expect(closureUnchanged(own, memorySnapshot(tree, "f".repeat(40)))).toBe(false);
  });

  it("tells of failures, too: they stand until something that they looked at moves", () => {
    const broken = { "k/kustomization.yaml": "resources: [missing/a.yaml]" };
    const result = evaluation(broken, source("k"));
    expect(result.state).toBe("failed");
    expect(unchanged(broken, { ...broken, "other.yaml": "x" }, source("k"))).toBe(true);
    expect(unchanged(broken, { ...broken, "k/missing/a.yaml": "kind: A" }, source("k"))).toBe(false);
    expect(unchanged({ "a/b.yaml": "x" }, { "a/b.yaml": "x", "nowhere/c.yaml": "x" }, source("nowhere"))).toBe(false);
    const escaping = { "apps/a.yaml": { target: "../../x" } };
    expect(unchanged(escaping, { ...escaping, "b.yaml": "x" }, source("apps"))).toBe(true);
    expect(unchanged(escaping, { "apps/a.yaml": "kind: A" }, source("apps"))).toBe(false);
  });

  it("is coarser where it would be large, and misses nothing then", () => {
    const files = Object.fromEntries([...Array(600).keys()].map((at) => [`k/files/${at}.yaml`, `kind: K${at}`]));
    const tree = {
      ...files,
      "k/kustomization.yaml": `resources: [${Object.keys(files)
        .map((path) => path.slice(2))
        .join(",")}]`,
    };
    expect(Object.keys(evaluation(tree, source("k")).reaches.own)).toEqual(["k"]);
    expect(unchanged(tree, { ...tree, "k/files/7.yaml": "kind: Other" }, source("k"))).toBe(false);
  });

  it("may move although the files stay the same: then nothing is rendered", () => {
    const edited = { ...overlays, "base/NOTES.md": "new" };
    expect(unchanged(overlays, edited, prod)).toBe(false);
    expect(digestOfSource(edited, prod)).toBe(evaluated(overlays, prod).closure.digest);
  });

  it("of lent value files is kept by ref", () => {
    const refs = new Map([["values", memorySnapshot({ "prod.yaml": "x: 1", "dev.yaml": "x: 2" })]]);
    const lending = source("c", { helm: { valueFiles: ["$values/prod.yaml"] } });
    const { reaches } = evaluation({ "c/Chart.yaml": "name: c" }, lending, { refs });
    expect(Object.keys(reaches.refs.values ?? {})).toEqual(["prod.yaml"]);
  });
});
