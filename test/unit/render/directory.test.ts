import { describe, expect, it } from "vitest";
import { packBundle } from "../../../shared/model/bundle.ts";
import { globOf } from "../../../shared/render/directory/glob.ts";
import { renderSources } from "../../../shared/render/render-sources.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { configMap, directorySource, type Files, namesOf, noCage, renderFiles, testLimits } from "../../support/render.ts";

const render = (files: Files, ...source: Parameters<typeof directorySource>) => renderFiles(files, directorySource(...source), noCage);
const rendered = async (files: Files, ...source: Parameters<typeof directorySource>) => namesOf((await render(files, ...source)).manifests);

describe("a directory source", () => {
  const files = {
    "apps/b.yml": configMap("b"),
    "apps/a.yaml": configMap("a"),
    "apps/c.json": JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } }),
    "apps/README.md": "# apps",
    "apps/deep/d.yaml": configMap("d"),
    "apps/deep/er/e.yaml": configMap("e"),
    "other.yaml": configMap("other"),
  };

  it("reads the YAML and JSON files of its own level, by name", async () => {
    expect(await rendered(files, "apps")).toEqual(["ConfigMap a", "ConfigMap b", "ConfigMap c"]);
    expect(await rendered(files, "")).toEqual(["ConfigMap other"]);
  });

  it("reads every level with recurse", async () => {
    expect(await rendered(files, "apps", { recurse: true })).toEqual(["a", "b", "c", "d", "e"].map((name) => `ConfigMap ${name}`));
  });

  it("takes only what include matches and leaves out what exclude matches, and exclude wins", async () => {
    expect(await rendered(files, "apps", { include: "{a,b}.y*" })).toEqual(["ConfigMap a", "ConfigMap b"]);
    expect(await rendered(files, "apps", { include: "*.yaml", exclude: "deep/*", recurse: true })).toEqual(["ConfigMap a"]);
    expect(await rendered(files, "apps", { include: "a.yaml", exclude: "a*" })).toEqual([]);
  });

  it("passes over files that are no manifests with a warning, and marked ones without", async () => {
    const output = await render(
      {
        "x/a.yaml": configMap("a"),
        "x/values.yaml": "replicas: 3\n---\na: 1\n",
        "x/t.yaml": `# +argocd:skip-file-rendering\n${configMap("t")}`,
      },
      "x",
    );
    expect(namesOf(output.manifests)).toEqual(["ConfigMap a"]);
    expect(output.warnings).toEqual(["2 documents in x/values.yaml are no manifests and were skipped"]);
  });

  it("refuses a broken manifest by file and line, also when the file holds good ones", async () => {
    await expect(
      render({ "x/a.yaml": `${configMap("a")}---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n bad: x\n` }, "x"),
    ).rejects.toThrow(/^x\/a\.yaml:11: /);
  });

  it("refuses what is not UTF-8, by name", async () => {
    const latin = packBundle([{ path: "x/a.yaml", bytes: Uint8Array.of(0x61, 0xe9), executable: false }]);
    const input = { v: 1 as const, toolVersions: "", sources: [directorySource("x")] };
    const artifacts = memoryArtifacts({ "bundles/own": latin });
    await expect(renderSources(input, "default", { artifacts, cage: noCage, limits: testLimits })).rejects.toThrow(
      "x/a.yaml is not UTF-8 text",
    );
  });

  it("refuses more than 10 MB together, as Argo CD does (G-10)", async () => {
    const large = configMap("a", { text: "x".repeat(6_000_000) });
    await expect(render({ "x/a.yaml": large, "x/b.yaml": large }, "x")).rejects.toThrow(
      "the manifests in x are 12.0 MB together, more than the 10 MB",
    );
  });

  it("refuses Jsonnet by name instead of leaving its objects out, for they would be pruned", async () => {
    await expect(render({ "x/a.jsonnet": "{}" }, "x")).rejects.toThrow("x/a.jsonnet is Jsonnet");
    expect(await rendered({ "x/a.jsonnet": "{}", "x/b.yaml": configMap("b") }, "x", { exclude: "*.jsonnet" })).toEqual(["ConfigMap b"]);
  });

  it("says of a kustomization among its manifests what it is", async () => {
    const kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: a}\nresources: []\n";
    await expect(render({ "x/kustomization.yaml": kustomization }, "x")).rejects.toThrow(
      "x/kustomization.yaml:1: a Kustomization is for Kustomize",
    );
  });
});

describe("a directory source that finds nothing", () => {
  it("renders nothing where there is nothing", async () => {
    expect(await rendered({ "x/README.md": "" }, "x")).toEqual([]);
  });

  it("names directory.recurse and the folders where manifests lie deeper, known by name only", async () => {
    const files = { "clusters/a/web.yaml": "", "clusters/b/web.yaml": "", "clusters/README.md": "" };
    await expect(render(files, "clusters")).rejects.toThrow(
      "clusters has no manifests at its own level, but there are some in clusters/a, clusters/b: set directory.recurse: true to read them all, or make one of these folders the path",
    );
  });

  it("names the kustomizations below it, which are what was meant", async () => {
    const files = {
      "web/base/kustomization.yaml": "",
      "web/base/web.yaml": "",
      "web/overlays/production/kustomization.yaml": "",
      "web/overlays/staging/kustomization.yaml": "",
    };
    await expect(render(files, "web")).rejects.toThrow(
      /make a folder with a kustomization the path \(web\/base, web\/overlays\/production, web\/overlays\/staging\), or set directory\.recurse: true/,
    );
  });
});

describe("globs of include and exclude", () => {
  it.each([
    ["*.yaml", "a/b.yaml", true],
    ["*.yaml", "a.yml", false],
    ["**/x.yaml", "a/b/x.yaml", true],
    ["?.yaml", "a.yaml", true],
    ["?.yaml", "ab.yaml", false],
    ["[a-c]*", "beta", true],
    ["[!a-c]*", "beta", false],
    ["{*.yml,*.yaml}", "a.yml", true],
    ["{a,{b,c}}.yaml", "c.yaml", true],
    ["{a,}b", "b", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a.b", "axb", false],
    ["", "a", false],
  ])("%s on %s: %s", (pattern, path, expected) => {
    expect(globOf(pattern, "directory.include")(path)).toBe(expected);
  });

  it("refuses a brace without its partner, and more alternatives than anyone means", () => {
    expect(() => globOf("{a,b", "directory.include")).toThrow('source.directory.include "{a,b" has a brace without its partner');
    expect(() => globOf("{a,b}".repeat(20), "directory.exclude")).toThrow("stands for more than 1000 patterns");
  });

  it("takes no longer for patterns made to be slow (G-11)", () => {
    const started = performance.now();
    expect(globOf(`${"*a".repeat(200)}b`, "directory.include")("a".repeat(4_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
