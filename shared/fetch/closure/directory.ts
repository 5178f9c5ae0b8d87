import type { DirectoryOptions } from "../../model/application.ts";
import type { ClosureBuilder } from "./closure.ts";
import type { Reading } from "./reading.ts";

/** As Argo CD takes them; Jsonnet is rendered by a later version. `.argocd-source*.yaml` changes the Application and is no manifest. */
const isManifestFile = (name: string): boolean => /\.(ya?ml|json)$/.test(name) && !isOverride(name);

const isOverride = (name: string): boolean => /^\.argocd-source(-.*)?\.yaml$/.test(name);

/** Enough of them to show which option would find them. */
const mostNames = 100;

/**
 * What a directory source reads: manifests on its own level, or all below it. Where the level has none, the names of those below come along, empty,
 * so that render can say which option would find them; what stands in them changes nothing.
 */
export const collectDirectory = (reading: Reading, path: string, options: DirectoryOptions, builder: ClosureBuilder): void => {
  if (options.recurse) {
    builder.add(...reading.filesBelow(path, isManifestFile));
    return;
  }
  const own = reading.filesOf(path, isManifestFile);
  builder.add(...own);
  if (own.length > 0) return;
  for (const file of reading.filesBelow(path, isManifestFile).slice(0, mostNames)) builder.addName(file.path);
};
