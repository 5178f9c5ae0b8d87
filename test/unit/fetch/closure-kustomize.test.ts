import { describe, expect, it } from "vitest";
import { bundledPaths, digestOfSource, evaluated, failureOf, source } from "./closure-cases.ts";

const base = {
  "apps/web/base/kustomization.yaml": "resources: [deployment.yaml]",
  "apps/web/base/deployment.yaml": "kind: Deployment",
};
const production = source("apps/web/production");

describe("the files of a kustomize source", () => {
  it("are its kustomization, its bases' and what they name, and nothing beside", () => {
    const tree = {
      ...base,
      "apps/web/base/notes.txt": "not named",
      "apps/web/production/kustomization.yaml": "resources: [../base]\npatches: [{path: replicas.yaml}]",
      "apps/web/production/replicas.yaml": "kind: Deployment",
      "apps/web/staging/kustomization.yaml": "resources: [../base]",
    };
    expect(bundledPaths(evaluated(tree, production))).toEqual([
      "apps/web/base/deployment.yaml",
      "apps/web/base/kustomization.yaml",
      "apps/web/production/kustomization.yaml",
      "apps/web/production/replicas.yaml",
    ]);
  });

  it.each([
    ["resources", "resources: [x.yaml]"],
    ["resources in any case, as Go reads them", "Resources: [x.yaml]"],
    ["patchesStrategicMerge", "patchesStrategicMerge: [x.yaml]"],
    ["patchesJson6902", "patchesJson6902: [{path: x.yaml, target: {kind: Deployment, name: web}}]"],
    ["patches", "patches: [{path: x.yaml}]"],
    ["replacements", "replacements: [{path: x.yaml}]"],
    ["configurations", "configurations: [x.yaml]"],
    ["crds", "crds: [x.yaml]"],
    ["openapi", "openapi: {path: x.yaml}"],
    ["files of a config map", "configMapGenerator: [{name: a, files: [x.yaml]}]"],
    ["files of a secret with a key", "secretGenerator: [{name: a, files: [key.yaml=x.yaml]}]"],
    ["envs", "configMapGenerator: [{name: a, envs: [x.yaml]}]"],
    ["env, the older spelling", "configMapGenerator: [{name: a, env: x.yaml}]"],
    ["generators", "generators: [x.yaml]"],
    ["transformers", "transformers: [x.yaml]"],
    ["validators", "validators: [x.yaml]"],
    ["files that a transformer written in place names", "transformers:\n- |-\n  kind: PatchTransformer\n  path: x.yaml\n"],
  ])("count %s", (_, kustomization) => {
    const tree = { "apps/web/production/kustomization.yaml": kustomization, "apps/web/production/x.yaml": "kind: X" };
    expect(bundledPaths(evaluated(tree, production))).toContain("apps/web/production/x.yaml");
    const edited = { ...tree, "apps/web/production/x.yaml": "kind: Y" };
    expect(digestOfSource(edited, production)).not.toBe(digestOfSource(tree, production));
  });

  it.each([
    ["bases, the older spelling", "bases: [../base]"],
    ["components", "components: [../base]"],
  ])("count folders named by %s", (_, kustomization) => {
    const tree = { ...base, "apps/web/production/kustomization.yaml": kustomization };
    expect(bundledPaths(evaluated(tree, production))).toContain("apps/web/base/deployment.yaml");
  });

  it("count files that the configuration of a generator names", () => {
    const tree = {
      "apps/web/production/kustomization.yaml": "generators: [generator.yaml]",
      "apps/web/production/generator.yaml": "kind: ConfigMapGenerator\nfiles: [text=data/a.txt]",
      "apps/web/production/data/a.txt": "a",
    };
    expect(bundledPaths(evaluated(tree, production))).toContain("apps/web/production/data/a.txt");
  });

  it("count everything beside it when transformers are made by another kustomization", () => {
    const tree = {
      ...base,
      "apps/web/production/kustomization.yaml": "transformers: [../base]",
      "apps/web/production/patches/p.yaml": "kind: Patch",
    };
    expect(bundledPaths(evaluated(tree, production))).toContain("apps/web/production/patches/p.yaml");
  });

  it("count what the Application's own options add", () => {
    const tree = { ...base, "apps/web/production/kustomization.yaml": "{}", "apps/web/production/p.yaml": "kind: P" };
    const options = { patches: [{ path: "p.yaml" }, { patch: "kind: Inline" }], components: ["../base"] };
    const found = evaluated(tree, source("apps/web/production", { kustomize: options }));
    expect(bundledPaths(found)).toEqual(expect.arrayContaining(["apps/web/production/p.yaml", "apps/web/base/deployment.yaml"]));
  });

  it("leave out components that are missing where the Application says so", () => {
    const tree = { "apps/web/production/kustomization.yaml": "{}" };
    const options = { components: ["../none"], ignoreMissingComponents: true };
    expect(bundledPaths(evaluated(tree, source("apps/web/production", { kustomize: options })))).toHaveLength(1);
    const strict = source("apps/web/production", { kustomize: { components: ["../none"] } });
    expect(failureOf(tree, strict).message).toContain("components[0] names ../none, which does not exist");
  });

  it("end where bases form a circle", () => {
    const tree = {
      "apps/web/production/kustomization.yaml": "resources: [../b]",
      "apps/web/b/kustomization.yml": "resources: [../production]",
    };
    expect(bundledPaths(evaluated(tree, production))).toHaveLength(2);
  });

  it("may be patches written in place", () => {
    const kustomization = "patchesStrategicMerge:\n- |-\n  kind: Deployment\n  metadata: {name: web}\npatches: [{patch: 'kind: X'}]";
    expect(bundledPaths(evaluated({ "apps/web/production/kustomization.yaml": kustomization }, production))).toHaveLength(1);
  });
});

describe("a kustomize source is refused", () => {
  const refusal = (kustomization: string, more = {}): string =>
    failureOf({ "apps/web/production/kustomization.yaml": kustomization, ...more }, production).message;

  it("naming the missing file and who names it", () => {
    expect(refusal("patchesStrategicMerge: [patches.yaml]")).toBe(
      "apps/web/production/kustomization.yaml: patchesStrategicMerge[0] names patches.yaml, which does not exist; add apps/web/production/patches.yaml or remove the entry",
    );
  });

  it("naming the base without a kustomization", () => {
    const message = refusal("resources: [../base]", { "apps/web/base/deployment.yaml": "kind: Deployment" });
    expect(message).toContain("resources[0] names ../base, but apps/web/base has no kustomization.yaml");
  });

  it.each([
    "https://github.com/org/repo//base?ref=v1",
    "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
    "git::https://example.com/x",
    "ssh://git@example.com/org/repo",
    "git@github.com:org/repo.git",
    "github.com/org/repo/base",
    "file:///etc",
  ])("naming file and URL for the remote base %s (G-04, G-05)", (url) => {
    const message = refusal(`resources: ["${url}"]`);
    expect(message).toContain(`remote base ${url}`);
    expect(message).toContain("apps/web/production/kustomization.yaml");
    expect(message).toContain("vendor it");
  });

  it.each([
    "patches: [{path: 'https://example.com/p.yaml'}]",
    "openapi: {path: 'http://169.254.169.254/latest'}",
    "configMapGenerator: [{name: a, files: ['x=http://[::1]/x']}]",
    "transformers: ['https://example.com/t.yaml']",
    "components: ['https://example.com/c']",
  ])("for remote files, too: %s (G-04)", (kustomization) => {
    expect(refusal(kustomization)).toContain("is not fetched");
  });

  it.each(["../../../../other-tenant", "/etc", "../../../../../../proc/self"])(
    "for the base %s outside the repository (G-06)",
    (target) => {
      expect(refusal(`resources: [${target}]`)).toContain(`names ${target}, which leaves the repository`);
    },
  );

  it("naming file and line of what is not YAML", () => {
    expect(refusal("resources:\n  - a\n b: [")).toMatch(/^apps\/web\/production\/kustomization.yaml:\d+ is not YAML/);
  });

  it("for a symlink to a base that leads out of the repository (G-02)", () => {
    expect(refusal("resources: [../link]", { "apps/web/link": { target: "../../../elsewhere" } })).toContain("apps/web/link");
  });

  it("for aliases of aliases that would fill the memory (G-10)", () => {
    const bomb = [...Array(9).keys()].map((at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`).join("\n");
    expect(refusal(`a0: &a0 [x]\n${bomb}`)).toContain("aliases");
  });
});

describe("a base behind a symlink", () => {
  const linked = { ...base, "apps/web/production/kustomization.yaml": "resources: [../link]", "apps/web/link": { target: "base" } };

  it("is put where it was asked for", () => {
    expect(bundledPaths(evaluated(linked, production))).toContain("apps/web/link/deployment.yaml");
    const edited = { ...linked, "apps/web/base/deployment.yaml": "kind: Other" };
    expect(digestOfSource(edited, production)).not.toBe(digestOfSource(linked, production));
  });

  it("is refused when it would find other files there than a checkout does", () => {
    const tree = {
      "apps/web/production/kustomization.yaml": "resources: [link]",
      "apps/web/production/link": { target: "../base/inner" },
      "apps/web/base/inner/kustomization.yaml": "resources: [../common.yaml]",
      "apps/web/base/common.yaml": "kind: A",
      "apps/web/production/common.yaml": "kind: B",
    };
    expect(failureOf(tree, production).message).toContain("through the symlink apps/web/production/link");
  });
});
