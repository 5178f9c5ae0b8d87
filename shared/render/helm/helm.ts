import { Failure } from "../../model/failure.ts";
import { isJsonObject } from "../../model/json.ts";
import { parseManifests } from "../manifests.ts";
import type { Renderer } from "../renderer.ts";
import { runTool } from "../run-tool.ts";
import { nameOfFolder, type SourceTree, textOf } from "../source-tree.ts";
import { parseYaml } from "../yaml.ts";
import { helmArguments, valueFilesToLay } from "./command-line.ts";
import { explainHelm, type HelmContext, relocate } from "./explain.ts";
import { valueFilePath } from "./value-files.ts";

/** A chart, by `helm template` only: no release object, no lookups in a cluster, no DNS. Hooks come out as they are; sync knows them by annotation. */
export const renderHelm: Renderer<"helm"> = async (source, bench) => {
  const { options, files } = source;
  const context: HelmContext = { path: files.path, chart: chartName(bench.tree, files.path) };
  const valueFiles = (options.valueFiles ?? []).map((entry, at) => valueFilePath(entry, `valueFiles[${at}]`, files.path, bench));
  const parameterFiles = (options.fileParameters ?? []).map(({ path }, at) =>
    valueFilePath(path, `fileParameters[${at}].path`, files.path, bench),
  );
  const call = {
    tool: "helm" as const,
    arguments: helmArguments(source, valueFiles, parameterFiles),
    path: files.path,
    files: valueFilesToLay(options),
    explain: (complaint: string) => explainHelm(complaint, context),
  };
  const output = await runTool(call, bench);
  const lines = output.split("\n");
  return parseManifests(output, `${nameOfFolder(files.path)} as Helm renders it`, (line) => originOf(lines, line, context));
};

/** Helm writes above each document which template it came from. */
const originOf = (lines: readonly string[], line: number, context: HelmContext): string => {
  const isOrigin = (text: string | undefined): boolean => text?.startsWith("# Source: ") ?? false;
  // The comment stands below the `---` with which a document begins, and above everything else in it.
  const at = isOrigin(lines[line]) ? line : lines.findLastIndex((text, index) => index < line && isOrigin(text));
  const template = lines[at]?.slice("# Source: ".length);
  if (template === undefined) return `${nameOfFolder(context.path)} as Helm renders it:${line}`;
  return `${relocate(template, context)} (line ${Math.max(1, line - at - 1)} of its output)`;
};

const chartName = (tree: SourceTree, path: string): string => {
  const file = tree.file(path === "" ? "Chart.yaml" : `${path}/Chart.yaml`);
  if (!file) throw new Failure("SourceInvalid", path, `${nameOfFolder(path)} has no Chart.yaml; make the path the folder of a chart`);
  const value = parseYaml(textOf(file), file.path).documents[0]?.value;
  return isJsonObject(value) && typeof value.name === "string" ? value.name : "";
};
