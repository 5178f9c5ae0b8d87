import type { HelmOptions } from "../../model/application.ts";
import { Failure } from "../../model/failure.ts";
import type { ClosureBuilder } from "./closure.ts";
import { type ChartDependency, missingDependencies } from "./dependencies.ts";
import { describePath, joinPath, nameOf } from "./paths.ts";
import type { FoundFile, Reading } from "./reading.ts";
import { resolveFileParameter, resolveValueFiles, type ValueFile, type ValueFilePlaces } from "./value-files.ts";

/** What a Helm source reads beside its own repository's files, and what is left to be fetched. */
export interface HelmFiles {
  /** With files settled: see RenderSource. */
  readonly options: HelmOptions;
  readonly lent: readonly ValueFile[];
  /** Dependencies of other chart repositories that are not in `charts/`. */
  readonly missing: readonly ChartDependency[];
}

/**
 * What `helm template` reads: the chart's folder with everything in it, value files anywhere in the repository or lent by other sources, and
 * charts that it depends on by `file://`, put where `helm dependency build` would put them.
 * @throws Failure SourceInvalid naming file or field
 */
export const collectHelm = (places: ValueFilePlaces, options: HelmOptions, builder: ClosureBuilder): HelmFiles => {
  const { own, path } = places;
  const missing = collectChart({ reading: own, root: places.root, builder, missing: [] }, path, path, []);
  const { valueFiles = [], fileParameters = [], ignoreMissingValueFiles = false } = options;
  const values = resolveValueFiles(valueFiles, ignoreMissingValueFiles, places);
  const parameters = fileParameters.map((parameter, at) => ({ parameter, value: resolveFileParameter(parameter.path, at, places) }));
  const all = [...values, ...parameters.map(({ value }) => value)];
  builder.add(...all.filter(({ ref }) => ref === undefined).map(({ file }) => file));
  return {
    options: {
      ...options,
      ...(options.valueFiles ? { valueFiles: values.map(({ entry }) => entry) } : {}),
      ...(options.fileParameters
        ? { fileParameters: parameters.map(({ parameter, value }) => ({ ...parameter, path: value.entry })) }
        : {}),
    },
    lent: all.filter(({ ref }) => ref !== undefined),
    missing,
  };
};

interface Charts {
  readonly reading: Reading;
  readonly root: string;
  readonly builder: ClosureBuilder;
  readonly missing: ChartDependency[];
}

/** `from` is the chart's folder in the repository, `to` its place in the bundle; `above` are the charts that need it. */
const collectChart = (charts: Charts, from: string, to: string, above: readonly string[]): ChartDependency[] => {
  const { reading, builder, missing } = charts;
  const files = reading.wholeTree(from);
  if (!reading.file(joinPath(from, "Chart.yaml") ?? "")) throw noChart(from, above.at(-1));
  builder.add(...files.map((file) => movedTo(file, from, to)));
  for (const dependency of missingDependencies(reading, from, files)) {
    const local = /^file:\/\/(.*)$/.exec(dependency.repository)?.[1];
    if (local === undefined) {
      missing.push({ ...dependency, chart: to });
      continue;
    }
    const path = local.startsWith("/") ? undefined : joinPath(from, local);
    if (path === undefined) throw refuse(from, dependency, "leaves the repository; copy that chart into the repository");
    if (path === from || above.includes(path)) throw refuse(from, dependency, "needs itself; remove one of the two dependencies");
    collectChart(charts, path, `${to === "" ? "" : `${to}/`}charts/${nameOf(path)}`, [...above, from]);
  }
  return missing;
};

const movedTo = (file: FoundFile, from: string, to: string): FoundFile =>
  from === to ? file : { ...file, path: `${to}/${from === "" ? file.path : file.path.slice(from.length + 1)}` };

const noChart = (path: string, neededBy: string | undefined): Failure => {
  const by = neededBy === undefined ? "" : `, which ${describePath(neededBy)}/Chart.yaml depends on,`;
  return new Failure("SourceInvalid", path, `${describePath(path)}${by} has no Chart.yaml; name the folder of a chart`);
};

const refuse = (chart: string, { name, repository }: ChartDependency, why: string): Failure => {
  const file = joinPath(chart, "Chart.yaml") ?? "Chart.yaml";
  return new Failure("SourceInvalid", file, `${file}: dependency ${name} (${repository}) ${why}`);
};
