import { Failure } from "../../model/failure.ts";
import type { DirectorySelection } from "../../model/render-input.ts";
import { nameOfFolder, type SourceTree } from "../source-tree.ts";
import { filesOf } from "./files.ts";

const mostFolders = 6;

/**
 * A folder without manifests may be meant; one with manifests further down is nearly always a missing option, and pruning everything because of it
 * would be a disaster.
 * @throws Failure SourceInvalid naming the option and the folders, where manifests lie deeper.
 */
export const nothingFound = (tree: SourceTree, path: string, options: DirectorySelection): void => {
  if (options.recurse) return;
  const deeper = filesOf(tree.files, path, { ...options, recurse: true }).filter((file) => parentOf(file.path) !== path);
  const folders = [...new Set(deeper.map((file) => parentOf(file.path)))].toSorted();
  if (folders.length === 0) return;
  const kustomizations = [
    ...new Set(deeper.filter((file) => /(?:^|\/)kustomization\.ya?ml$/.test(file.path)).map((file) => parentOf(file.path))),
  ].toSorted();
  const remedy =
    kustomizations.length === 0
      ? "set directory.recurse: true to read them all, or make one of these folders the path"
      : `make a folder with a kustomization the path (${some(kustomizations)}), or set directory.recurse: true to read plain manifests at every depth`;
  throw new Failure(
    "SourceInvalid",
    path,
    `${nameOfFolder(path)} has no manifests at its own level, but there are some in ${some(folders)}: ${remedy}`,
  );
};

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 0));

const some = (folders: readonly string[]): string => {
  const shown = folders.slice(0, mostFolders);
  const more = folders.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
};
