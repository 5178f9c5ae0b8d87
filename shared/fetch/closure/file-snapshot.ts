import { digestOf } from "../../model/digest.ts";
import { Failure } from "../../model/failure.ts";
import type { CommitFacts } from "../../model/operation.ts";
import type { Snapshot, SnapshotEntry } from "../../ports/git.ts";
import { nameOf, parentOf } from "./paths.ts";
import { followSymlinks } from "./symlinks.ts";

export interface SnapshotFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable?: boolean;
  /** Makes it a symlink. */
  readonly target?: string;
}

/** Files in memory, such as an unpacked chart, as a snapshot: closures and bundles are made of it like of a commit. */
export const snapshotOfFiles = (files: Iterable<SnapshotFile>, commit: CommitFacts): Snapshot => {
  const children = new Map<string, Map<string, SnapshotEntry>>([["", new Map()]]);
  const contents = new Map<string, Uint8Array>();
  const directoryIds = new Map<string, string>();

  const childrenOf = (directory: string): Map<string, SnapshotEntry> => {
    const known = children.get(directory);
    if (known) return known;
    const made = new Map<string, SnapshotEntry>();
    children.set(directory, made);
    childrenOf(parentOf(directory)).set(nameOf(directory), { path: directory, kind: "directory", id: "" });
    return made;
  };

  const withId = (entry: SnapshotEntry): SnapshotEntry => (entry.kind === "directory" ? { ...entry, id: directoryId(entry.path) } : entry);

  const directoryId = (directory: string): string => {
    const known = directoryIds.get(directory);
    if (known !== undefined) return known;
    const rows = [...childrenOf(directory).values()].map((entry) => `${nameOf(entry.path)}\0${entry.kind}\0${withId(entry).id}`);
    const id = digestOf(`tree\n${rows.sort().join("\n")}`).slice(0, 40);
    directoryIds.set(directory, id);
    return id;
  };

  for (const { path, bytes, executable, target } of files) {
    const kind = target !== undefined ? "symlink" : executable ? "executable" : "file";
    const id = digestOf(target === undefined ? bytes : `link\n${target}`).slice(0, 40);
    childrenOf(parentOf(path)).set(nameOf(path), { path, kind, id, ...(target === undefined ? {} : { target }) });
    contents.set(path, bytes);
  }

  const here = (path: string): SnapshotEntry | undefined => {
    if (path === "") return { path, kind: "directory", id: directoryId("") };
    const found = children.get(parentOf(path))?.get(nameOf(path));
    return found && withId(found);
  };

  const real = (path: string): string | undefined => followSymlinks(here, path);

  return {
    commit,
    entry: (path) => {
      const directory = real(parentOf(path));
      const found = directory === undefined ? undefined : here(path === "" ? "" : under(directory, nameOf(path)));
      return found && { ...found, path };
    },
    list: (directory) => {
      const at = real(directory);
      const entries = [...(at === undefined ? [] : (children.get(at)?.values() ?? []))].map(withId);
      return entries.map((entry) => ({ ...entry, path: under(directory, nameOf(entry.path)) }));
    },
    real,
    read: (path) => {
      const bytes = contents.get(real(path) ?? path);
      if (!bytes) throw new Failure("PathMissing", path, `there is no file ${path}`);
      return bytes;
    },
    prepare: async () => {},
  };
};

const under = (directory: string, name: string): string => (directory === "" ? name : `${directory}/${name}`);
