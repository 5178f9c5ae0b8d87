import type { HelmOptions } from "../../model/application.ts";
import { expandVariables } from "../../model/build-environment.ts";
import type { CageFile } from "../../ports/cage.ts";
import type { SourceOf } from "../renderer.ts";
import { upFrom } from "../run-tool.ts";

/** Where the values written in the Application go; Helm names the file when it cannot read it. */
const generatedFolder = "generated";

/**
 * Arguments of `helm template` for a source. The order of precedence is Argo CD's: parameters, then valuesObject or values, then value files (later
 * ones win), then the chart's own values.
 * @param valueFiles Paths of value files as seen from the chart's folder, and of file parameters, in the order of `options.fileParameters`.
 */
export const helmArguments = (
  source: SourceOf<"helm">,
  valueFiles: readonly string[],
  parameterFiles: readonly string[],
): readonly string[] => {
  const { options, env, release } = source;
  const namespace = options.namespace || release.namespace;
  const values = [...valueFiles, ...valuesOf(options).map(({ name }) => `${upFrom(source.files.path)}${generatedFolder}/${name}`)];
  const files = (options.fileParameters ?? []).map(({ name }, at) => `--set-file=${name}=${escapeCommas(parameterFiles[at] ?? "")}`);
  return [
    "template",
    ...(namespace === "" ? [] : [`--namespace=${namespace}`]),
    ...versionFlags(source),
    ...(options.skipCrds ? [] : ["--include-crds"]),
    ...(options.skipTests ? ["--skip-tests"] : []),
    ...(options.skipSchemaValidation ? ["--skip-schema-validation"] : []),
    ...values.map((file) => `--values=${quoteForCsv(file)}`),
    ...(options.parameters ?? []).map(({ name, value, forceString }) => {
      const flag = forceString ? "--set-string" : "--set";
      return `${flag}=${name}=${escapeCommas(expandVariables(value, env))}`;
    }),
    ...files,
    // What follows is never read as a flag, whatever a release is called.
    "--",
    options.releaseName || release.name,
    ".",
  ];
};

/** The files that hold `values` or `valuesObject`, which beats it. */
export const valueFilesToLay = (options: HelmOptions): readonly CageFile[] =>
  valuesOf(options).map(({ name, text }) => ({ path: `${generatedFolder}/${name}`, text }));

const valuesOf = ({ values, valuesObject }: HelmOptions): readonly { readonly name: string; readonly text: string }[] => {
  if (valuesObject !== undefined) return [{ name: "helm.valuesObject", text: JSON.stringify(valuesObject) }];
  return values === undefined || values.trim() === "" ? [] : [{ name: "helm.values", text: values }];
};

const versionFlags = ({ options, kubeVersion, apiVersions }: SourceOf<"helm">): readonly string[] => {
  const version = plainVersion(options.kubeVersion || kubeVersion);
  return [
    ...(version === "" ? [] : [`--kube-version=${version}`]),
    ...(options.apiVersions?.length ? options.apiVersions : apiVersions).map((api) => `--api-versions=${api}`),
  ];
};

/** `v1.36.3-eks-ab12` → `1.36.3`, as Argo CD does: charts compare versions, and a suffix would count as a prerelease. */
const plainVersion = (version: string): string => /\d+\.\d+(?:\.\d+)?/.exec(version)?.[0] ?? "";

/** In `--set`, commas part assignments; in a list `{a,b}` they part its items and stay. */
const escapeCommas = (value: string): string => (/^\{.*\}$/s.test(value) ? value : value.replace(/(?<!\\),/g, "\\,"));

/** `--values` takes a list as a line of CSV. */
const quoteForCsv = (file: string): string => (/[",\n]/.test(file) ? `"${file.replaceAll('"', '""')}"` : file);
