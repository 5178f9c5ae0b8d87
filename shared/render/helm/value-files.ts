import { Failure } from "../../model/failure.ts";
import type { Workbench } from "../renderer.ts";
import { refFolder, sourceFolder, upFrom } from "../run-tool.ts";
import { joinPath, type SourceTree } from "../source-tree.ts";

/**
 * Path of a value file as seen from the chart's folder in the cage. Entries are relative to the chart, from the repository's root with a leading `/`,
 * or `$ref/…` from the root of another source; fetch has resolved globs and variables. None leads out of its repository.
 * @throws Failure SourceInvalid naming field and entry when it is a URL, leads out, or does not exist.
 */
export const valueFilePath = (entry: string, field: string, path: string, { tree, refs }: Pick<Workbench, "tree" | "refs">): string => {
  if (/^[a-z][a-z0-9+.-]*:/i.test(entry))
    throw refuse(field, entry, "is a URL, and renders have no network; copy the file into the repository");
  const [, ref, rest = ""] = /^\$([^/]+)\/(.*)$/s.exec(entry) ?? [];
  if (ref === undefined) return `${upFrom(path)}${sourceFolder}/${find(entry, field, entry.startsWith("/") ? "" : path, entry, tree)}`;
  const lender = refs.get(ref);
  if (lender === undefined)
    throw refuse(field, entry, `refers to a source with ref: ${ref}, and there is none; add it or correct the name`);
  return `${upFrom(path)}${refFolder(ref)}/${find(entry, field, "", rest, lender.tree)}`;
};

const find = (entry: string, field: string, folder: string, relative: string, tree: SourceTree): string => {
  const path = joinPath(folder, relative);
  if (path === undefined) throw refuse(field, entry, "leads out of the repository; move the file into it");
  if (tree.file(path) === undefined) throw refuse(field, entry, `does not exist (${path}); add it or set ignoreMissingValueFiles: true`);
  return path;
};

const refuse = (field: string, entry: string, problem: string): Failure =>
  new Failure("SourceInvalid", entry, `source.helm.${field}: ${JSON.stringify(entry)} ${problem}`);
