import { digestOf } from "../../shared/model/digest.ts";
import { Failure } from "../../shared/model/failure.ts";
import { compareVersions, parseRange, parseVersion } from "../../shared/model/version-range.ts";
import type { Chart, ChartRepositoryAccess, Charts } from "../../shared/ports/charts.ts";

/** Chart repositories in memory: URL → charts. */
export const memoryCharts = () => {
  const repositories = new Map<string, Chart[]>();
  const resolve = async (repository: ChartRepositoryAccess, name: string, range: string): Promise<Chart> => {
    const charts = repositories.get(repository.url);
    if (charts === undefined) throw new Failure("RepositoryForbidden", repository.url, `${repository.url} does not exist.`);
    const inRange = parseRange(range === "" ? "*" : range);
    const found = charts.flatMap((chart) => {
      const version = parseVersion(chart.version);
      return chart.name === name && version !== undefined && inRange?.(version) === true ? [{ chart, version }] : [];
    });
    const [newest] = found.toSorted((a, b) => compareVersions(b.version, a.version));
    if (newest === undefined) throw new Failure("RevisionMissing", name, `${repository.url} has no ${name} ${range}.`);
    return newest.chart;
  };
  const charts: Charts = {
    resolve,
    async find(repository, name, range) {
      const { version, digest } = await resolve(repository, name, range);
      return { name, version, digest };
    },
  };
  return {
    charts,
    /** Files by their paths in the chart; Chart.yaml is made when it is not among them. */
    add(url: string, name: string, version: string, files: Readonly<Record<string, string>>): void {
      const all = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...files };
      const bundle = Object.entries(all).map(([path, text]) => ({ path: `${name}/${path}`, bytes: Buffer.from(text), executable: false }));
      repositories.set(url, [...(repositories.get(url) ?? []), { name, version, digest: digestOf(JSON.stringify(all)), files: bundle }]);
    },
  };
};
