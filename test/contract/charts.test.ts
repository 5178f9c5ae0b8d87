import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCharts } from "../../shared/adapters/charts/charts.ts";
import type { ChartRepositoryAccess, Charts } from "../../shared/ports/charts.ts";
import { memoryCharts } from "../fakes/memory-charts.ts";
import { chartLogin, chartRepository } from "./chart-repository.ts";
import { simulatedCharts } from "./simulated.ts";

interface Host {
  readonly charts: Charts;
  readonly access: ChartRepositoryAccess;
  add(name: string, version: string, files: Readonly<Record<string, string>>): Promise<void>;
}

let real: Awaited<ReturnType<typeof chartRepository>>;
beforeAll(async () => {
  real = await chartRepository();
});
afterAll(() => real.stop());

const hosts: Readonly<Record<string, () => Host>> = {
  "in memory": () => {
    const { charts, add } = memoryCharts();
    const url = "https://memory/stable";
    return { charts, access: { url }, add: async (...chart) => add(url, ...chart) };
  },
  simulated: () => {
    const { charts, add } = memoryCharts();
    const url = "https://memory/simulated";
    return { charts: simulatedCharts(charts), access: { url }, add: async (...chart) => add(url, ...chart) };
  },
  "packed by helm, over HTTP with a password": () => ({
    charts: createCharts(),
    access: { url: real.url, credentials: chartLogin },
    add: (...chart) => real.add(...chart),
  }),
};

describe.each(Object.entries(hosts))("a chart repository %s", (_name, make) => {
  let host: Host;
  beforeAll(async () => {
    host = make();
    for (const version of ["1.0.0", "1.2.0", "1.2.3", "2.0.0-rc.1"]) {
      await host.add("web", version, { "values.yaml": `version: "${version}"\n`, "templates/all.yaml": "kind: Service\n" });
    }
  });

  it.each([
    ["1.*", "1.2.3"],
    ["^1.0", "1.2.3"],
    ["~1.0.0", "1.0.0"],
    [">=1.0.0 <1.2.1", "1.2.0"],
    ["1.2.0", "1.2.0"],
    ["", "1.2.3"],
    ["*", "1.2.3"],
    [">=2.0.0-0", "2.0.0-rc.1"],
  ])("takes the newest version in the range %j: %s", async (range, version) => {
    expect(await host.charts.find(host.access, "web", range)).toMatchObject({ name: "web", version });
  });

  it("gives the chart's files at its name, and the archive's digest", async () => {
    const chart = await host.charts.resolve(host.access, "web", "1.2.x");
    const files = new Map(chart.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
    expect([...files.keys()].toSorted()).toEqual(["web/Chart.yaml", "web/templates/all.yaml", "web/values.yaml"]);
    expect(files.get("web/values.yaml")).toBe('version: "1.2.3"\n');
    expect(chart).toMatchObject({ version: "1.2.3", digest: (await host.charts.find(host.access, "web", "1.2.3")).digest });
  });

  it.each([
    ["web", "3.*"],
    ["wbe", "*"],
  ])("says that there is no %s %s", async (chart, range) => {
    await expect(host.charts.find(host.access, chart, range)).rejects.toMatchObject({
      code: "RevisionMissing",
      subject: chart,
      retry: false,
    });
  });

  it("says that a repository is not there, or not for us", async () => {
    const absent = { ...host.access, url: `${host.access.url}/absent` };
    await expect(host.charts.find(absent, "web", "*")).rejects.toMatchObject({ code: "RepositoryForbidden" });
  });
});

describe("a chart repository packed by helm", () => {
  it("names the sha256 of the very archive", async () => {
    await real.add("digest", "1.0.0", {});
    const chart = await createCharts().resolve({ url: real.url, credentials: chartLogin }, "digest", "1.0.0");
    const archive = await readFile(join(real.folder, "digest-1.0.0.tgz"));
    expect(chart.digest).toBe(createHash("sha256").update(archive).digest("hex"));
  });
});
