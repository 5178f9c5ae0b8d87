import { describe, expect, it } from "vitest";
import { evaluated, evaluation, failureOf, source } from "./closure-cases.ts";

const chart = { "apps/web/Chart.yaml": "name: web\nversion: 1.0.0" };
const kustomization = { "apps/web/kustomization.yaml": "{}" };
const kindOf = (tree: Record<string, string>, more = {}) => evaluated(tree, source("apps/web", more)).kind;

describe("the tool of a source", () => {
  it("is the one whose block it has", () => {
    expect(kindOf({ ...chart, ...kustomization }, { directory: {} })).toBe("directory");
    expect(kindOf({ ...chart, ...kustomization }, { kustomize: {} })).toBe("kustomize");
  });

  it("is Helm with Chart.yaml, even beside a kustomization", () => {
    expect(kindOf({ ...chart, ...kustomization })).toBe("helm");
  });

  it.each(["kustomization.yaml", "kustomization.yml", "Kustomization"])("is kustomize with %s", (name) => {
    expect(kindOf({ [`apps/web/${name}`]: "{}" })).toBe("kustomize");
  });

  it("is none, but a directory of manifests, otherwise", () => {
    expect(kindOf({ "apps/web/a.yaml": "kind: A", "apps/web/overlays/kustomization.yaml": "{}" })).toBe("directory");
    expect(kindOf({ "apps/web/Chart.yaml/x": "a folder of that name" })).toBe("directory");
  });

  it("cannot be two", () => {
    const failure = failureOf(chart, source("apps/web", { helm: {}, kustomize: {} }));
    expect(failure.code).toBe("ConfigurationInvalid");
    expect(failure.message).toContain("kustomize and helm");
  });
});

describe("the path of a source", () => {
  it.each(["apps/web", "./apps/web/", "apps//web", "apps/other/../web"])("may be written as %s", (path) => {
    expect(evaluated(chart, source(path)).path).toBe("apps/web");
  });

  it.each([
    ["/apps/web", "is absolute"],
    ["../other", "leaves the repository"],
    ["apps/../../other", "leaves the repository"],
    ["apps/\u001b[31mweb", "control characters"],
    ["apps/web\n", "control characters"],
  ])("is refused as %j (G-18)", (path, why) => {
    const failure = failureOf(chart, source(path));
    expect(failure.code).toBe("SourceInvalid");
    expect(failure.message).toContain(why);
    expect(failure.message).not.toMatch(/\p{Cc}/u);
  });

  it("that is missing is named with its revision, and with the folder that was probably meant", () => {
    const failure = failureOf(chart, source("aps/web"));
    expect(failure.code).toBe("PathMissing");
    expect(failure.message).toBe(
      "path aps/web does not exist in https://git.example.com/team/config at main (0123456); did you mean apps/web?",
    );
    expect(failureOf(chart, source("apps/wbe")).message).toContain("did you mean apps/web?");
    expect(failureOf(chart, source("nowhere/else")).message).toContain("add it or correct the source's path");
  });

  it("that is a file is answered with its folder", () => {
    expect(failureOf(chart, source("apps/web/Chart.yaml")).message).toContain("is a file");
  });

  it("may be a symlink to a folder", () => {
    expect(evaluation({ ...chart, live: { target: "apps/web" } }, source("live"))).toMatchObject({ state: "evaluated", kind: "helm" });
  });
});
