import { isJsonObject, type Json } from "../../model/json.ts";
import { joinPath } from "./paths.ts";
import type { FoundFile, Reading } from "./reading.ts";

/** What a chart needs beside itself. */
export interface ChartDependency {
  readonly name: string;
  /** As `Chart.lock` pins it, else as `Chart.yaml` asks for it. */
  readonly version: string;
  /** `https://…`, `oci://…`, `file://…`, `@name`; empty for charts that must lie in `charts/`. */
  readonly repository: string;
  /** Folder of the chart that needs it, in the bundle. */
  readonly chart: string;
}

/** A chart's dependencies that are not in its `charts/` folder. */
export const missingDependencies = (reading: Reading, chart: string, files: readonly FoundFile[]): readonly ChartDependency[] => {
  const listed = [...rowsOf(reading, chart, "Chart.yaml"), ...rowsOf(reading, chart, "requirements.yaml")];
  if (listed.length === 0) return [];
  const pinned = [...rowsOf(reading, chart, "Chart.lock"), ...rowsOf(reading, chart, "requirements.lock")];
  const prefix = chart === "" ? "charts/" : `${chart}/charts/`;
  const present = files.filter((file) => file.path.startsWith(prefix)).map((file) => file.path.slice(prefix.length));
  return listed
    .filter(({ name }) => !present.some((path) => path.startsWith(`${name}/`) || (path.startsWith(`${name}-`) && path.endsWith(".tgz"))))
    .map((row) => ({ ...row, version: pinned.find(({ name }) => name === row.name)?.version ?? row.version, chart }));
};

const rowsOf = (reading: Reading, chart: string, name: string): readonly Omit<ChartDependency, "chart">[] => {
  const path = joinPath(chart, name);
  const file = path === undefined ? undefined : reading.file(path);
  const document = file ? reading.yaml(file)[0] : undefined;
  const rows = isJsonObject(document) ? document.dependencies : undefined;
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: Json) =>
    isJsonObject(row) && typeof row.name === "string"
      ? [{ name: row.name, version: textOf(row.version), repository: textOf(row.repository) }]
      : [],
  );
};

const textOf = (value: Json | undefined): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");
