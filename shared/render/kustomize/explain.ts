import { Failure } from "../../model/failure.ts";
import { nameOfFolder, type SourceTree, textOf } from "../source-tree.ts";
import { parseYaml } from "../yaml.ts";

/**
 * Kustomize wraps one reason in the story of its search for it, and sometimes tries two ways and tells about both. Rows from the telling to the
 * vague; the first that matches makes the sentence. There is nothing but text to go by; tests hold the rows to the real program.
 */
const rows: readonly { readonly pattern: RegExp; readonly say: (match: readonly string[], path: string, complaint: string) => string }[] = [
  {
    pattern: /Get "([^"]+)"/,
    say: ([, url = ""], path) => `${kustomizationOf(path)} reaches for ${url}, and renders have no network; copy it into the repository`,
  },
  {
    pattern: /from '([^']+)'[^']*'?[\s\S]*no 'git' program/,
    say: ([, url = ""], path) =>
      `${kustomizationOf(path)} has the remote base ${url}, and renders have no network; copy it into the repository`,
  },
  {
    pattern: /unable to load external plugin '?([^'\s]+)'?/,
    say: ([, plugin], path) =>
      `${kustomizationOf(path)} uses the plugin ${plugin}; exec, container and Go plugins are not run, only what is built in`,
  },
  {
    pattern: /must specify --enable-helm/,
    say: (_, path) => `${kustomizationOf(path)} uses helmCharts, which is not run; make the chart a source of its own (Helm)`,
  },
  {
    pattern: /unable to find one of 'kustomization.yaml'[^']*'[^']*' or 'Kustomization' in directory '([^']+)'/,
    say: ([, folder = ""]) => `${nameOfFolder(folder)} has no kustomization.yaml; add one, or name its files one by one`,
  },
  {
    pattern: /security; file '([^']+)' is not in or below '([^']+)'/,
    say: ([, file, folder]) => `${folder} names ${file}, which is not below it; Kustomize reads files of its own folder only`,
  },
  {
    pattern: /(?:evalsymlink failure on|lstat) '?([^'\s:]+)'?/,
    say: ([, file = ""], path) =>
      `${file}, which ${kustomizationOf(path)} or a base of it names, does not exist; add it or remove the entry`,
  },
  {
    pattern: /accumulating resources from '([^']+)': invalid Kustomization: (?:json: )?(.+)/,
    say: ([, base, reason], path) => `the kustomization ${base}, which ${kustomizationOf(path)} leads to, is not valid: ${reason}`,
  },
  { pattern: /invalid Kustomization: (?:json: )?(.+)/, say: ([, reason], path) => `${kustomizationOf(path)} is not valid: ${reason}` },
  {
    pattern:
      /(?:accumulating|merging) resources from '([^']+)': (may not add resource with an already registered id: .*?|missing Resource metadata|[^']*?)'?: must build/,
    say: ([, file, reason], path) => `${file}, which ${kustomizationOf(path)} or a base of it names: ${reason}`,
  },
];

/** @param complaint What kustomize printed on standard error, with paths relative to the repository. */
export const explainKustomize = (complaint: string, path: string, tree: SourceTree): string => {
  const message = complaint
    .split("\n")
    .filter((line) => !line.startsWith("# Warning:"))
    .join("\n")
    .replace(/^error: /, "");
  const malformed = /in File: (\S+)/.exec(message);
  const found = malformed?.[1] === undefined ? undefined : brokenFile(malformed[1], tree);
  if (found !== undefined) return found;
  for (const { pattern, say } of rows) {
    const match = pattern.exec(message);
    if (match) return say(match, path, message);
  }
  return `Kustomize cannot build ${nameOfFolder(path)}: ${message}`;
};

const kustomizationOf = (path: string): string => `${path === "" ? "" : `${path}/`}kustomization.yaml`;

/** Kustomize names the file as its kustomization does, and counts lines from somewhere else: our own reader says which file, and where. */
const brokenFile = (name: string, tree: SourceTree): string | undefined => {
  const last = name.split("/").at(-1) ?? name;
  for (const file of tree.files.filter(({ path }) => path === last || path.endsWith(`/${last}`))) {
    try {
      parseYaml(textOf(file), file.path);
    } catch (error) {
      if (error instanceof Failure) return error.message;
      throw error;
    }
  }
  return undefined;
};
