/**
 * Chart dependencies that are not in a chart's `charts/` folder, put there as `helm dependency build` would: for charts in Git and for
 * fetched ones, whose archives nearly always bring theirs.
 */
import type { BundleFile } from "../../model/bundle.ts";
import { Failure } from "../../model/failure.ts";
import type { Charts } from "../../ports/charts.ts";
import type { RepositoryAccess } from "../../ports/git.ts";
import { type DeclaredDependency, declaredDependencies } from "./declared.ts";

export interface ChartsWorld {
  readonly charts: Charts;
  /** Mirrors applied, credentials looked up, by a chart repository's URL as written. */
  readonly accessTo: (url: string) => Promise<RepositoryAccess>;
}

/** A dependency of the chart that lies in the folder `chart` of the bundle ("" for the root). */
export interface MissingDependency extends DeclaredDependency {
  readonly chart: string;
}

/** Charts in charts in charts: a circle must end somewhere, and people do not go this far. */
const deepest = 8;

/**
 * Files of the missing dependencies, and of theirs, at `<chart>/charts/<name>/…`.
 * @throws Failure SourceInvalid for repositories that cannot be fetched from, naming the dependency; what the Charts port throws
 */
export const fetchDependencies = async (missing: readonly MissingDependency[], world: ChartsWorld): Promise<readonly BundleFile[]> =>
  fetchLevel(missing, world, 1);

const fetchLevel = async (missing: readonly MissingDependency[], world: ChartsWorld, depth: number): Promise<readonly BundleFile[]> => {
  const fetched = await Promise.all(missing.map((dependency) => fetchOne(dependency, folderOf(dependency, missing), world, depth)));
  return fetched.flat();
};

const fetchOne = async (
  dependency: MissingDependency,
  folder: string,
  world: ChartsWorld,
  depth: number,
): Promise<readonly BundleFile[]> => {
  if (depth > deepest) throw refuse(dependency, `is nested more than ${deepest} charts deep`);
  const { name, version, repository } = dependency;
  checkRepository(dependency);
  const chart = await world.charts.resolve(await world.accessTo(repository), name, version);
  const files = chart.files.map((file) => ({ ...file, path: `${folder}${file.path.slice(name.length)}` }));
  const own = declaredDependencies(files, folder).filter(({ present }) => !present);
  return [
    ...files,
    ...(await fetchLevel(
      own.map((one) => ({ ...one, chart: folder })),
      world,
      depth + 1,
    )),
  ];
};

/** The same chart twice, under two aliases with two versions, needs two folders; Helm looks at what is inside, not at their names. */
const folderOf = ({ chart, name, version }: MissingDependency, all: readonly MissingDependency[]): string => {
  const twice = all.filter((other) => other.chart === chart && other.name === name).length > 1;
  const inside = `charts/${twice ? `${name}-${version.replace(/[^A-Za-z0-9.-]/g, "-")}` : name}`;
  return chart === "" ? inside : `${chart}/${inside}`;
};

const checkRepository = (dependency: MissingDependency): void => {
  const { repository } = dependency;
  if (/^https?:\/\//i.test(repository)) return;
  if (/^oci:\/\//i.test(repository))
    throw refuse(dependency, "is in an OCI registry, which cannot be read yet: use an https chart repository, or commit it to charts/");
  if (/^(@|alias:)/.test(repository))
    throw refuse(dependency, "names a repository by an alias that only the writer's machine knows: write its URL");
  if (repository.startsWith("file://"))
    throw refuse(dependency, "points to a folder of the machine that packed its chart: pack the chart with its dependencies");
  throw refuse(dependency, repository === "" ? "has no repository, so it must lie in charts/" : "has a repository that is no https URL");
};

const refuse = ({ name, repository, chart }: MissingDependency, why: string): Failure => {
  const where = chart === "" ? "Chart.yaml" : `${chart}/Chart.yaml`;
  return new Failure("SourceInvalid", where, `The dependency ${name}${repository === "" ? "" : ` (${repository})`} of ${where} ${why}.`);
};
