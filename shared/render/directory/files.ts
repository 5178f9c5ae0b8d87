import type { BundleFile } from "../../model/bundle.ts";
import type { DirectorySelection } from "../../model/render-input.ts";
import { globOf } from "./glob.ts";

const manifestFile = /\.(?:ya?ml|json|jsonnet)$/;

/** The files that a directory source means. Order is that of a walk: folder by folder, by name. */
export const filesOf = (files: readonly BundleFile[], path: string, options: DirectorySelection): readonly BundleFile[] => {
  const prefix = path === "" ? "" : `${path}/`;
  const included = options.include === "" ? () => true : globOf(options.include, "directory.include");
  const excluded = options.exclude === "" ? () => false : globOf(options.exclude, "directory.exclude");
  return files
    .filter((file) => {
      if (!file.path.startsWith(prefix) || !manifestFile.test(file.path)) return false;
      const relative = file.path.slice(prefix.length);
      if (!options.recurse && relative.includes("/")) return false;
      return included(relative) && !excluded(relative);
    })
    .toSorted((a, b) => compareWalk(a.path.split("/"), b.path.split("/")));
};

const compareWalk = ([a = "", ...restA]: readonly string[], [b = "", ...restB]: readonly string[]): number => {
  if (a !== b) return a < b ? -1 : 1;
  return restA.length === 0 || restB.length === 0 ? restA.length - restB.length : compareWalk(restA, restB);
};
