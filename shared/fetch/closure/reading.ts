import { Failure } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { Snapshot, SnapshotEntry } from "../../ports/git.ts";
import { nameOf, parentOf } from "./paths.ts";
import { nothingLooked, type Reach, reachOf } from "./reach.ts";
import { parseYaml } from "./yaml.ts";

/** A file that a render reads. */
export interface FoundFile {
  /** Where the render finds it: the path asked for, symlinks not followed. */
  readonly path: string;
  /** Where its bytes are in the snapshot. */
  readonly at: string;
  readonly id: string;
  readonly executable: boolean;
}

export interface FoundDirectory {
  readonly kind: "directory";
  readonly path: string;
  readonly at: string;
}

export type Found = ({ readonly kind: "file" } & FoundFile) | FoundDirectory;

/** Reads a snapshot and remembers what was looked at: everything an evaluation learns about a repository comes through here. */
export interface Reading {
  readonly snapshot: Snapshot;
  /** What stands at a path, symlinks followed; undefined where nothing does. Of a directory only that it is one counts. */
  find(path: string): Found | undefined;
  /** A file, symlinks followed; undefined where nothing or a directory stands. */
  file(path: string): FoundFile | undefined;
  /** A directory's own level counts, whoever reads it. */
  watchLevel(directory: string): void;
  /** A directory counts with everything below, whoever reads it. */
  watchTree(directory: string): void;
  /** The wanted files of a directory's own level. Dangling symlinks are left out. */
  filesOf(directory: string, wanted: (name: string) => boolean): readonly FoundFile[];
  /** The wanted files below a directory. Symlinks to directories are not followed, dangling ones are left out. */
  filesBelow(directory: string, wanted: (name: string) => boolean): readonly FoundFile[];
  /** All files below a directory, all symlinks followed. */
  wholeTree(directory: string): readonly FoundFile[];
  /** Documents of a YAML file. @throws Failure SourceInvalid naming file and line. */
  yaml(file: FoundFile): readonly Json[];
  /** The revision itself decides what is rendered. */
  countCommit(): void;
  reach(): Reach;
}

/** Shared by all sources of a snapshot: five hundred overlays parse their common base once. */
const parsed = new WeakMap<Snapshot, Map<string, readonly Json[]>>();

/** Symlinks to folders of symlinks to folders make millions of entries out of a few. */
const mostEntries = 200_000;

export const readingOf = (snapshot: Snapshot): Reading => {
  const looked = nothingLooked();
  const documents = parsed.get(snapshot) ?? new Map<string, readonly Json[]>();
  parsed.set(snapshot, documents);

  /** Written down before it is followed: a symlink that is refused today may be mended tomorrow. */
  const find = (path: string): Found | undefined => {
    looked.files.add(path);
    const at = snapshot.real(path);
    const entry = at === undefined ? undefined : snapshot.entry(at);
    if (at !== path && at !== undefined) looked.linked.add(path);
    if (!entry) return undefined;
    if (entry.kind !== "directory") return { kind: "file", path, at: entry.path, id: entry.id, executable: entry.kind === "executable" };
    looked.files.delete(path);
    return { kind: "directory", path, at: entry.path };
  };

  const below = (directory: FoundDirectory, walk: Walk, trail: readonly string[] = []): readonly FoundFile[] => {
    if (trail.includes(directory.at)) throw circle(directory);
    const inside = [...trail, directory.at];
    return snapshot.list(directory.at).flatMap((entry) => {
      if (--walk.budget < 0) throw tooMany(inside[0] ?? "");
      const name = nameOf(entry.path);
      const path = directory.path === "" ? name : `${directory.path}/${name}`;
      if (entry.kind === "directory") return walk.deeper ? below({ kind: "directory", path, at: entry.path }, walk, inside) : [];
      if (walk.wanted?.(name) === false) return [];
      if (entry.kind !== "symlink") return [{ path, at: entry.path, id: entry.id, executable: entry.kind === "executable" }];
      const found = find(path);
      if (found?.kind === "file") return [found];
      if (walk.wanted) return [];
      if (!found) throw dangling(entry);
      return below(found, walk, inside);
    });
  };

  const walk = (directory: string, how: Omit<Walk, "budget">): readonly FoundFile[] => {
    const found = find(directory);
    return found?.kind === "directory" ? below(found, { ...how, budget: mostEntries }) : [];
  };

  return {
    snapshot,
    find,
    file: (path) => {
      const watched = looked.levels.has(parentOf(path)) && snapshot.entry(path) === undefined;
      const found = watched ? undefined : find(path);
      return found?.kind === "file" ? found : undefined;
    },
    watchLevel: (directory) => void looked.levels.add(directory),
    watchTree: (directory) => void looked.trees.add(directory),
    filesOf: (directory, wanted) => {
      looked.levels.add(directory);
      return walk(directory, { wanted, deeper: false });
    },
    filesBelow: (directory, wanted) => {
      looked.trees.add(directory);
      return walk(directory, { wanted, deeper: true });
    },
    wholeTree: (directory) => {
      looked.trees.add(directory);
      return walk(directory, { deeper: true });
    },
    yaml: (file) => {
      const known = documents.get(file.id) ?? parseYaml(snapshot.read(file.at), file.path);
      documents.set(file.id, known);
      return known;
    },
    countCommit: () => {
      looked.commit = true;
    },
    reach: () => reachOf(looked, snapshot),
  };
};

interface Walk {
  /** Without it all files and all symlinks are wanted. */
  readonly wanted?: (name: string) => boolean;
  readonly deeper: boolean;
  budget: number;
}

const circle = ({ path, at }: FoundDirectory): Failure =>
  new Failure(
    "SourceInvalid",
    path,
    `symlink ${path.slice(0, 200)} points to ${at}, a folder that it is in itself: it leads in a circle; remove it`,
  );

const tooMany = (path: string): Failure =>
  new Failure("LimitExceeded", path, `${path} has more than ${mostEntries} files and folders; point the source to a smaller folder`);

const dangling = (link: SnapshotEntry): Failure =>
  new Failure(
    "SourceInvalid",
    link.path,
    `symlink ${link.path} points to ${link.target ?? "nowhere"}, which does not exist; remove it or add its target`,
  );
