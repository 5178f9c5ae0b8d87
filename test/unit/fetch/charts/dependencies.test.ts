import { describe, expect, it } from "vitest";
import { fetchDependencies } from "../../../../shared/fetch/charts/dependencies.ts";
import { memoryCharts } from "../../../fakes/memory-charts.ts";

const url = "https://charts.example/stable";
const chartYaml = (name: string, version: string, dependencies: string) =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\ndependencies:\n${dependencies}`;
const on = (name: string, version: string, repository = url) => `- name: ${name}\n  version: "${version}"\n  repository: ${repository}\n`;

const world = () => {
  const { charts, add } = memoryCharts();
  return { add, world: { charts, accessTo: async (wanted: string) => ({ url: wanted }) } };
};
const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path).toSorted();

describe("a chart's dependencies", () => {
  it("are put where helm dependency build puts them, theirs too", async () => {
    const { add, world: charts } = world();
    add(url, "db", "1.4.0", { "Chart.yaml": chartYaml("db", "1.4.0", on("common", "2.x")) });
    add(url, "common", "2.1.0", {});
    const files = await fetchDependencies([{ name: "db", version: "^1.0", repository: url, chart: "apps/web" }], charts);
    expect(paths(files)).toEqual(["apps/web/charts/db/Chart.yaml", "apps/web/charts/db/charts/common/Chart.yaml"]);
  });

  it("stand in the root's charts folder for a chart in the root", async () => {
    const { add, world: charts } = world();
    add(url, "db", "1.4.0", {});
    expect(paths(await fetchDependencies([{ name: "db", version: "", repository: url, chart: "" }], charts))).toEqual([
      "charts/db/Chart.yaml",
    ]);
  });

  it("get a folder each where one chart is needed in two versions", async () => {
    const { add, world: charts } = world();
    for (const version of ["1.0.0", "2.0.0"]) add(url, "db", version, {});
    const missing = ["1.x", "2.x"].map((version) => ({ name: "db", version, repository: url, chart: "web" }));
    expect(paths(await fetchDependencies(missing, charts))).toEqual(["web/charts/db-1.x/Chart.yaml", "web/charts/db-2.x/Chart.yaml"]);
  });

  it.each([
    ["oci://registry.example/charts", "OCI registry"],
    ["@stable", "alias"],
    ["alias:stable", "alias"],
    ["", "must lie in charts/"],
    ["file://../db", "points to a folder"],
    ["ftp://charts.example", "no https URL"],
  ])("cannot come from %j, and the dependency is named", async (repository, why) => {
    const asked = fetchDependencies([{ name: "db", version: "1.x", repository, chart: "apps/web" }], world().world);
    await expect(asked).rejects.toMatchObject({
      code: "SourceInvalid",
      subject: "apps/web/Chart.yaml",
      message: expect.stringMatching(`db.*${why}`),
    });
  });

  it("that a fetched chart brings itself are not fetched; what it lacks comes in the version that its lock file pins", async () => {
    const { add, world: charts } = world();
    for (const version of ["1.0.0", "1.1.0"]) add(url, "db", version, { "values.yaml": version });
    const needs = on("db", "1.x") + on("queue", "1.x", "https://gone.example") + on("cache", "1.x", "https://gone.example");
    add(url, "shop", "3.0.0", {
      "Chart.yaml": chartYaml("shop", "3.0.0", needs),
      "Chart.lock": `dependencies:\n${on("db", "1.0.0")}`,
      "charts/queue/Chart.yaml": "name: queue\n",
      "charts/cache-1.0.0.tgz": "",
    });
    const files = await fetchDependencies([{ name: "shop", version: "3.*", repository: url, chart: "web" }], charts);
    expect(files.map(({ path }) => path)).toContain("web/charts/shop/charts/queue/Chart.yaml");
    expect(Buffer.from(files.find(({ path }) => path.endsWith("/db/values.yaml"))?.bytes ?? []).toString()).toBe("1.0.0");
  });

  it("that go in a circle end", async () => {
    const { add, world: charts } = world();
    add(url, "a", "1.0.0", { "Chart.yaml": chartYaml("a", "1.0.0", on("a", "1.0.0")) });
    await expect(fetchDependencies([{ name: "a", version: "1.0.0", repository: url, chart: "web" }], charts)).rejects.toMatchObject({
      code: "SourceInvalid",
      message: expect.stringContaining("8 charts deep"),
    });
  });
});
