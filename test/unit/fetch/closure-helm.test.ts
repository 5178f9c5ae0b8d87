import { describe, expect, it } from "vitest";
import type { HelmOptions } from "../../../shared/model/application.ts";
import { memorySnapshot } from "../../fakes/memory-snapshot.ts";
import { bundledPaths, digestOfSource, evaluated, failureOf, source } from "./closure-cases.ts";

const chart = {
  "charts/web/Chart.yaml": "name: web\nversion: 1.0.0",
  "charts/web/values.yaml": "replicas: 1",
  "charts/web/values-eu.yaml": "region: eu",
  "charts/web/templates/a.yaml": "kind: A",
};
const envs = { "envs/prod/values.yaml": "a: 1", "envs/prod/secret.txt": "x", "envs/dev/values.yaml": "a: 2", "other/x.yaml": "x: 1" };
const tree = { ...chart, ...envs };
const helm = (options: HelmOptions) => source("charts/web", { helm: options });
const settled = (options: HelmOptions, more = {}) => evaluated({ ...tree, ...more }, helm(options)).source.helm;

describe("the files of a Helm source", () => {
  it("are all of its chart's folder", () => {
    expect(bundledPaths(evaluated(tree, source("charts/web")))).toEqual(Object.keys(chart).sort());
  });

  it("are value files anywhere in the repository, relative to the chart or to the root", () => {
    const found = evaluated(tree, helm({ valueFiles: ["values-eu.yaml", "../../envs/prod/values.yaml", "/envs/dev/values.yaml"] }));
    expect(bundledPaths(found)).toEqual([...Object.keys(chart), "envs/dev/values.yaml", "envs/prod/values.yaml"].sort());
    expect(found.source.helm?.valueFiles).toEqual(["values-eu.yaml", "../../envs/prod/values.yaml", "/envs/dev/values.yaml"]);
  });

  it("are the matches of globs, in lexical order, each once, a file named for itself in its own place", () => {
    expect(settled({ valueFiles: ["/envs/*/values.yaml", "/envs/dev/values.yaml"] })?.valueFiles).toEqual([
      "/envs/prod/values.yaml",
      "/envs/dev/values.yaml",
    ]);
    expect(settled({ valueFiles: ["../../**/val[!x]es*.yaml"] })?.valueFiles).toEqual([
      "values-eu.yaml",
      "values.yaml",
      "../../envs/dev/values.yaml",
      "../../envs/prod/values.yaml",
    ]);
  });

  it("are without the missing ones where the Application says so", () => {
    const options = { valueFiles: ["none.yaml", "values-eu.yaml", "/none/*.yaml"], ignoreMissingValueFiles: true };
    expect(settled(options)?.valueFiles).toEqual(["values-eu.yaml"]);
    expect(failureOf(tree, helm({ valueFiles: ["none.yaml"] })).message).toContain("helm.valueFiles[0] none.yaml does not exist");
    expect(failureOf(tree, helm({ valueFiles: ["/none/*.yaml"] })).message).toContain("matches no file");
  });

  it("are files of parameters", () => {
    const found = evaluated(tree, helm({ fileParameters: [{ name: "secret", path: "../../envs/prod/secret.txt" }] }));
    expect(bundledPaths(found)).toContain("envs/prod/secret.txt");
  });

  it("may have the build environment in their names, and then differ between Applications", () => {
    const options = helm({ valueFiles: ["/envs/$ARGOCD_APP_NAME/values.yaml"] });
    const found = evaluated(tree, options, { application: "prod" });
    expect(found.source.helm?.valueFiles).toEqual(["/envs/prod/values.yaml"]);
    expect(found.perApplication).toBe(true);
    expect(evaluated(tree, helm({})).perApplication).toBe(false);
  });

  it("change with value files, and not with files beside them", () => {
    const options = helm({ valueFiles: ["/envs/prod/values.yaml"] });
    const before = digestOfSource(tree, options);
    expect(digestOfSource({ ...tree, "envs/prod/values.yaml": "a: 3" }, options)).not.toBe(before);
    expect(digestOfSource({ ...tree, "envs/prod/secret.txt": "y" }, options)).toBe(before);
  });
});

describe("value files that other sources lend", () => {
  const refs = new Map([["values", memorySnapshot({ "prod/web.yaml": "b: 1", "prod/other.yaml": "c: 1" })]]);

  it("come from the source with that ref", () => {
    const found = evaluated(tree, helm({ valueFiles: ["$values/prod/w*.yaml", "$values/prod/web.yaml", "values-eu.yaml"] }), { refs });
    expect(found.source.helm?.valueFiles).toEqual(["$values/prod/web.yaml", "values-eu.yaml"]);
    expect(found.lent.values?.files.map((file) => file.path)).toEqual(["prod/web.yaml"]);
  });

  it.each([
    ["$none/prod/web.yaml", "no source of the Application has ref: none"],
    ["$values/../web.yaml", "names no file inside that source"],
    ["$values/", "names no file inside that source"],
    ["$values/prod/none.yaml", "does not exist"],
  ])("are refused as %s", (entry, why) => {
    expect(failureOf(tree, helm({ valueFiles: [entry] }), { refs }).message).toContain(why);
  });
});

describe("a Helm source is refused", () => {
  it.each(["../../../secret.yaml", "https://example.com/values.yaml", "HTTP://169.254.169.254/", "file:///etc/passwd"])(
    "for the value file %s (G-01)",
    (entry) => {
      expect(failureOf(tree, helm({ valueFiles: [entry] })).message).toContain(`helm.valueFiles[0] ${entry}`);
    },
  );

  it("for /etc/passwd only by finding none in the repository (G-01)", () => {
    expect(failureOf(tree, helm({ valueFiles: ["/etc/passwd"] })).message).toContain("looked for etc/passwd");
  });

  it("for value files and folders of the chart that are symlinks out of the repository (G-01, G-03)", () => {
    const values = { ...tree, "charts/web/v.yaml": { target: "../../../../etc/passwd" } };
    expect(failureOf(values, helm({ valueFiles: ["v.yaml"] })).message).toContain("charts/web/v.yaml");
    const crds = { ...tree, "charts/web/crds": { target: "/etc" } };
    expect(failureOf(crds, source("charts/web")).message).toContain("charts/web/crds");
  });

  it("for symlinks in the chart that point to nothing or back into it without end", () => {
    expect(failureOf({ ...tree, "charts/web/x": { target: "none" } }, source("charts/web")).message).toContain("does not exist");
    expect(failureOf({ ...tree, "charts/web/x/y": { target: "../x" } }, source("charts/web")).message).toContain("circle");
    const many = { ...tree, ...Object.fromEntries([..."abcdefgh"].map((name) => [`charts/web/x/${name}`, { target: ".." }])) };
    expect(failureOf(many, source("charts/web")).message).toContain("circle");
  });

  it("without Chart.yaml", () => {
    expect(failureOf(tree, source("envs", { helm: {} })).message).toContain("envs has no Chart.yaml");
  });
});

describe("a chart's folders behind symlinks", () => {
  it("come along as files, and change with what they point to", () => {
    const linked = { ...tree, "charts/web/templates/common": { target: "../../common" }, "charts/common/b.yaml": "kind: B" };
    expect(bundledPaths(evaluated(linked, source("charts/web")))).toContain("charts/web/templates/common/b.yaml");
    const edited = { ...linked, "charts/common/b.yaml": "kind: C" };
    expect(digestOfSource(edited, source("charts/web"))).not.toBe(digestOfSource(linked, source("charts/web")));
  });
});

describe("a chart's dependencies", () => {
  const needing = (rows: string) => ({ ...tree, "charts/web/Chart.yaml": `name: web\nversion: 1.0.0\ndependencies:\n${rows}` });
  const local = '- {name: lib, version: 1.0.0, repository: "file://../lib"}';
  const lib = { "charts/lib/Chart.yaml": "name: lib\nversion: 1.0.0", "charts/lib/templates/_lib.tpl": "x" };

  it("by file:// stand in charts/, where helm looks for them", () => {
    const found = evaluated({ ...needing(local), ...lib }, source("charts/web"));
    expect(bundledPaths(found)).toContain("charts/web/charts/lib/templates/_lib.tpl");
    expect(found.missing).toEqual([]);
    const edited = { ...needing(local), ...lib, "charts/lib/templates/_lib.tpl": "y" };
    expect(digestOfSource(edited, source("charts/web"))).not.toBe(found.closure.digest);
  });

  it("that lie in charts/ already are left as they are", () => {
    const rows = '- {name: redis, version: 1.x, repository: "https://charts.example.com"}';
    expect(evaluated({ ...needing(rows), "charts/web/charts/redis-1.2.3.tgz": "" }, source("charts/web")).missing).toEqual([]);
    expect(evaluated({ ...needing(rows), "charts/web/charts/redis/Chart.yaml": "name: redis" }, source("charts/web")).missing).toEqual([]);
  });

  it("of chart repositories are to be fetched, in the version that Chart.lock pins", () => {
    const rows = '- {name: redis, version: 1.x, repository: "https://charts.example.com"}';
    const lock = "dependencies:\n- {name: redis, version: 1.2.3, repository: https://charts.example.com}";
    expect(evaluated({ ...needing(rows), "charts/web/Chart.lock": lock }, source("charts/web")).missing).toEqual([
      { name: "redis", version: "1.2.3", repository: "https://charts.example.com", chart: "charts/web" },
    ]);
  });

  it("are refused outside the repository and in circles (G-03)", () => {
    expect(failureOf(needing('- {name: x, repository: "file://../../../x"}'), source("charts/web")).message).toContain(
      "leaves the repository",
    );
    const circle = {
      ...needing(local),
      ...lib,
      "charts/lib/Chart.yaml": 'name: lib\ndependencies: [{name: web, repository: "file://../web"}]',
    };
    expect(failureOf(circle, source("charts/web")).message).toContain("needs itself");
    expect(failureOf(needing(local), source("charts/web")).message).toContain(
      "charts/lib, which charts/web/Chart.yaml depends on, has no Chart.yaml",
    );
  });
});

describe("a chart of a chart repository", () => {
  const unpacked = { "web/Chart.yaml": "name: web\nversion: 1.0.0", "web/values-eu.yaml": "a: 1", "web/templates/a.yaml": "kind: A" };
  const from = (options: HelmOptions) => source("", { chart: "web", helm: options });

  it("takes value files from itself only", () => {
    expect(evaluated(unpacked, from({ valueFiles: ["values-eu.yaml"] })).path).toBe("web");
    expect(evaluated(unpacked, from({ valueFiles: ["/values-eu.yaml"] })).source.helm?.valueFiles).toEqual(["/values-eu.yaml"]);
    expect(failureOf(unpacked, from({ valueFiles: ["../x.yaml"] })).message).toContain("leaves the repository");
  });
});
