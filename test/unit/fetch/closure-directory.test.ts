import { describe, expect, it } from "vitest";
import { bundledPaths, digestOfSource, evaluated, failureOf, source } from "./closure-cases.ts";

const manifests = { "apps/web/deployment.yaml": "kind: Deployment", "apps/web/service.json": "{}", "apps/web/README.md": "read me" };

describe("the files of a directory source", () => {
  it("are the manifests on its own level", () => {
    const tree = { ...manifests, "apps/web/deeper/more.yaml": "kind: More", "apps/other/x.yaml": "kind: X" };
    expect(bundledPaths(evaluated(tree, source("apps/web")))).toEqual(["apps/web/deployment.yaml", "apps/web/service.json"]);
  });

  it("are all manifests below it with recurse", () => {
    const tree = { ...manifests, "apps/web/deeper/more.yml": "kind: More" };
    expect(bundledPaths(evaluated(tree, source("apps/web", { directory: { recurse: true } })))).toEqual([
      "apps/web/deeper/more.yml",
      "apps/web/deployment.yaml",
      "apps/web/service.json",
    ]);
  });

  it("do not change with what lies deeper, unless it recurses", () => {
    const deeper = { ...manifests, "apps/web/deeper/more.yaml": "kind: More" };
    expect(digestOfSource(deeper, source("apps/web"))).toBe(digestOfSource(manifests, source("apps/web")));
    const recursing = source("apps/web", { directory: { recurse: true } });
    expect(digestOfSource(deeper, recursing)).not.toBe(digestOfSource(manifests, recursing));
  });

  it("do not change with files that are no manifests", () => {
    const edited = { ...manifests, "apps/web/README.md": "read me again" };
    expect(digestOfSource(edited, source("apps/web"))).toBe(digestOfSource(manifests, source("apps/web")));
  });

  it("name the manifests below, and not what they say, when its own level has none", () => {
    const tree = { "apps/web/base/a.yaml": "kind: A", "apps/web/overlays/b.yaml": "kind: B" };
    const found = evaluated(tree, source("apps/web"));
    expect(bundledPaths(found)).toEqual(["apps/web/base/a.yaml", "apps/web/overlays/b.yaml"]);
    expect(found.closure.files.every((file) => file.at === undefined)).toBe(true);
    expect(digestOfSource({ ...tree, "apps/web/base/a.yaml": "kind: Z" }, source("apps/web"))).toBe(found.closure.digest);
    expect(digestOfSource({ ...tree, "apps/web/base/c.yaml": "kind: C" }, source("apps/web"))).not.toBe(found.closure.digest);
  });

  it("are those of the repository's root for the path `.`", () => {
    expect(bundledPaths(evaluated({ "a.yaml": "kind: A", "b/c.yaml": "kind: C" }, source(".")))).toEqual(["a.yaml"]);
  });

  it("leave out the overrides of the Application, which are no manifests", () => {
    const tree = { ...manifests, "apps/web/.argocd-source.yaml": "directory: {exclude: x}", "apps/web/.argocd-source-web.yaml": "{}" };
    expect(bundledPaths(evaluated(tree, source("apps/web")))).toEqual(["apps/web/deployment.yaml", "apps/web/service.json"]);
  });
});

describe("symlinks below a directory source (G-02)", () => {
  it("become the files they point to inside the repository, and change with them", () => {
    const tree = { "apps/web/a.yaml": { target: "../../shared/a.yaml" }, "shared/a.yaml": "kind: A" };
    const found = evaluated(tree, source("apps/web"));
    expect(found.closure.files).toMatchObject([{ path: "apps/web/a.yaml", at: "shared/a.yaml" }]);
    expect(digestOfSource({ ...tree, "shared/a.yaml": "kind: B" }, source("apps/web"))).not.toBe(found.closure.digest);
  });

  it.each([
    ["out of the repository", "../../../etc/passwd"],
    ["to an absolute path", "/etc/passwd"],
  ])("are refused by name when they lead %s", (_, target) => {
    const failure = failureOf({ "apps/web/a.yaml": { target } }, source("apps/web"));
    expect(failure.code).toBe("SourceInvalid");
    expect(failure.message).toContain("apps/web/a.yaml");
  });

  it("are refused by name when a chain of them leaves the repository, or leads in a circle", () => {
    const chain = { "apps/web/a.yaml": { target: "b" }, "apps/web/b": { target: "../../.." } };
    expect(failureOf(chain, source("apps/web")).message).toContain("apps/web/a.yaml");
    const circle = { "apps/web/a.yaml": { target: "b.yaml" }, "apps/web/b.yaml": { target: "a.yaml" } };
    expect(failureOf(circle, source("apps/web")).message).toContain("circle");
  });

  it("are refused when the source's own path leads out through one", () => {
    expect(failureOf({ apps: { target: ".." } }, source("apps/web")).message).toContain("apps");
  });

  it("do not matter when they are no manifests", () => {
    const tree = { "apps/web/a.yaml": "kind: A", "apps/web/passwd": { target: "/etc/passwd" } };
    expect(bundledPaths(evaluated(tree, source("apps/web")))).toEqual(["apps/web/a.yaml"]);
  });

  it("to folders are not walked into, so that a circle of folders ends", () => {
    const tree = { "apps/web/a.yaml": "kind: A", "apps/web/again": { target: "." } };
    expect(bundledPaths(evaluated(tree, source("apps/web", { directory: { recurse: true } })))).toEqual(["apps/web/a.yaml"]);
  });

  it("keep twins apart that differ in case or in Unicode's form", () => {
    const tree = { "a/x.yaml": "1", "a/X.yaml": "2", "a/\u00e9.yaml": "3", "a/e\u0301.yaml": "4" };
    expect(evaluated(tree, source("a")).closure.files).toHaveLength(4);
  });
});
