import { FAILSAFE_SCHEMA, load } from "js-yaml";
import type { BundleFile } from "../../model/bundle.ts";
import { Failure } from "../../model/failure.ts";

export interface DeclaredDependency {
  readonly name: string;
  /** As the lock file pins it, else the range that Chart.yaml asks for. */
  readonly version: string;
  /** `https://…`, `oci://…`, `file://…`, `@alias`; "" where the chart must lie in `charts/`. */
  readonly repository: string;
}

/** What a chart's `Chart.yaml` (or, for old charts, `requirements.yaml`) depends on, and whether its `charts/` folder has it already. */
export const declaredDependencies = (
  files: readonly BundleFile[],
  folder: string,
): readonly (DeclaredDependency & { readonly present: boolean })[] => {
  const rows = [...rowsOf(files, `${folder}/Chart.yaml`), ...rowsOf(files, `${folder}/requirements.yaml`)];
  const pinned = [...rowsOf(files, `${folder}/Chart.lock`), ...rowsOf(files, `${folder}/requirements.lock`)];
  const prefix = `${folder}/charts/`;
  const here = files.filter(({ path }) => path.startsWith(prefix)).map(({ path }) => path.slice(prefix.length));
  return rows.map((row) => ({
    ...row,
    version: pinned.find(({ name }) => name === row.name)?.version ?? row.version,
    present: here.some((path) => path.startsWith(`${row.name}/`) || (path.startsWith(`${row.name}-`) && path.endsWith(".tgz"))),
  }));
};

const rowsOf = (files: readonly BundleFile[], path: string): readonly DeclaredDependency[] => {
  const file = files.find((one) => one.path === path);
  if (file === undefined) return [];
  const rows = fieldOf(parse(file), "dependencies");
  return (Array.isArray(rows) ? rows : []).flatMap((row: unknown) => {
    const name = fieldOf(row, "name");
    return typeof name === "string" ? [{ name, version: textOf(row, "version"), repository: textOf(row, "repository") }] : [];
  });
};

/** Scalars stay text: a version `1.10` without quotes is not 1.1. */
const parse = ({ path, bytes }: BundleFile): unknown => {
  try {
    return load(Buffer.from(bytes).toString("utf8"), { schema: FAILSAFE_SCHEMA });
  } catch (cause) {
    throw new Failure("SourceInvalid", path, `${path} cannot be read as YAML.`, { cause });
  }
};

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === "object" && value !== null && field in value ? Reflect.get(value, field) : undefined;

const textOf = (row: unknown, field: string): string => {
  const value = fieldOf(row, field);
  return typeof value === "string" ? value : "";
};
