import type { Source } from "../../model/application.ts";
import { Failure } from "../../model/failure.ts";
import { closest } from "../../model/field-problem.ts";
import { kustomizationNames } from "../closure/kustomization.ts";
import { describePath, joinPath, nameOf, normalise, parentOf } from "../closure/paths.ts";
import type { Reading } from "../closure/reading.ts";

export type SourceKind = "directory" | "kustomize" | "helm";

/**
 * The source's path, without `.`, `..` and slashes at its ends.
 * @throws Failure SourceInvalid when it is absolute, leaves the repository or has control characters
 */
export const pathOf = (source: Source): string => {
  const written = source.chart ?? source.path;
  const shown = JSON.stringify(written.slice(0, 200));
  if (/\p{Cc}/u.test(written)) throw new Failure("SourceInvalid", shown, `path ${shown} has control characters; write it without them`);
  if (written.startsWith("/")) {
    throw new Failure(
      "SourceInvalid",
      shown,
      `path ${shown} is absolute; write it relative to the repository's root, without the leading /`,
    );
  }
  const path = normalise(written);
  if (path === undefined) throw new Failure("SourceInvalid", shown, `path ${shown} leaves the repository; name a folder inside it`);
  return path;
};

/**
 * The tool for a source, in Argo CD's order: the block it has, else Chart.yaml, else a kustomization, else plain manifests.
 * @throws Failure ConfigurationInvalid when it has blocks of two tools
 */
export const sourceKindOf = (reading: Reading, path: string, source: Source): SourceKind => {
  const explicit = (["kustomize", "helm", "directory"] as const).filter((kind) => source[kind] !== undefined);
  const [only, second] = explicit;
  if (second !== undefined) {
    const blocks = explicit.join(" and ");
    throw new Failure(
      "ConfigurationInvalid",
      path,
      `the source at ${describePath(path)} has the blocks ${blocks}; keep the one of its tool`,
    );
  }
  if (only !== undefined) return only;
  const has = (name: string): boolean => reading.file(joinPath(path, name) ?? name) !== undefined;
  if (source.chart !== undefined || has("Chart.yaml")) return "helm";
  return kustomizationNames.some(has) ? "kustomize" : "directory";
};

/** @throws Failure PathMissing naming path and revision */
export const requireDirectory = (reading: Reading, path: string, source: Source): void => {
  const found = reading.find(path);
  if (found?.kind === "directory") {
    reading.watchLevel(path);
    return;
  }
  const where = `${source.repoURL} at ${source.targetRevision} (${reading.snapshot.commit.sha.slice(0, 7)})`;
  if (found) {
    const folder = describePath(parentOf(path));
    throw new Failure("PathMissing", path, `path ${path} is a file in ${where}; name its folder, ${folder}`);
  }
  const similar = suggestion(reading, path);
  throw new Failure(
    "PathMissing",
    path,
    `path ${path} does not exist in ${where}; ${similar === undefined ? "add it or correct the source's path" : `did you mean ${similar}?`}`,
  );
};

/** A folder of nearly that name beside the first missing one. What the suggestion says does not count for the reach. */
const suggestion = (reading: Reading, path: string): string | undefined => {
  let parent = parentOf(path);
  let missing = path;
  while (parent !== "" && reading.snapshot.entry(parent) === undefined) {
    missing = parent;
    parent = parentOf(parent);
  }
  const folders = reading.snapshot.list(parent).filter((entry) => entry.kind === "directory");
  const name = closest(
    nameOf(missing),
    folders.map((entry) => nameOf(entry.path)),
  );
  const beside = name === undefined ? undefined : joinPath(parent, name);
  const rest = beside === undefined ? undefined : joinPath(beside, path.slice(missing.length));
  return rest !== undefined && reading.snapshot.entry(rest)?.kind === "directory" ? rest : beside;
};
