import { digestOf } from "../../model/digest.ts";
import { Failure } from "../../model/failure.ts";
import type { Snapshot } from "../../ports/git.ts";
import { nameOf, parentOf } from "./paths.ts";

/**
 * What an evaluation looked at, as ids that can be compared without reading or parsing anything: while all of them stand, evaluating again
 * would take the same steps. `null` is "nothing stood there", so that a file which appears is noticed, too. Symlinks are followed.
 *
 * | key        | value                                                                             |
 * |------------|-----------------------------------------------------------------------------------|
 * | `a/b`      | Git's id of that file, or of that directory with everything below                 |
 * | `a/b/`     | digest of the names and ids on that directory's own level, without subdirectories |
 * | `.`, `./`  | the same two for the repository's root                                            |
 * | `//commit` | the revision itself, where the build environment brings it in                     |
 */
export type Reach = Readonly<Record<string, string | null>>;

/** What an evaluation has looked at so far, by the paths it asked for. */
export interface Looked {
  /** Directories of which everything below counts. */
  readonly trees: Set<string>;
  /** Directories of which the own level counts. */
  readonly levels: Set<string>;
  /** Files, and places where nothing stood. */
  readonly files: Set<string>;
  /** Whatever was reached through a symlink: the ids around it do not tell when its target changes. */
  readonly linked: Set<string>;
  commit: boolean;
}

export const nothingLooked = (): Looked => ({
  trees: new Set(),
  levels: new Set(),
  files: new Set(),
  linked: new Set(),
  commit: false,
});

const treeKey = (path: string): string => (path === "" ? "." : path);
const levelKey = (path: string): string => (path === "" ? "./" : `${path}/`);
const commitKey = "//commit";

/** The value of a symlink that cannot be followed, of a submodule that cannot be had. */
const refused = "refused";

/** A thousand sources share most of what they look up, so each snapshot's answers are kept while it lives. */
const remembered = new WeakMap<Snapshot, Map<string, string | null>>();

/** Would an evaluation at this commit go the way that left this reach? Compares ids only. */
export const closureUnchanged = (reach: Reach, snapshot: Snapshot): boolean => {
  const known = remembered.get(snapshot) ?? new Map<string, string | null>();
  remembered.set(snapshot, known);
  for (const key in reach) if (idOf(key, snapshot, known) !== reach[key]) return false;
  return true;
};

const idOf = (key: string, snapshot: Snapshot, known: Map<string, string | null>): string | null => {
  const before = known.get(key);
  if (before !== undefined) return before;
  const value = lookUp(key, snapshot);
  known.set(key, value);
  return value;
};

const lookUp = (key: string, snapshot: Snapshot): string | null => {
  if (key === commitKey) return snapshot.commit.sha;
  try {
    const path = snapshot.real(key === "." || key === "./" ? "" : key.replace(/\/$/, ""));
    const entry = path === undefined ? undefined : snapshot.entry(path);
    if (!entry) return null;
    if (!key.endsWith("/")) return entry.id;
    return entry.kind === "directory" ? levelDigest(entry.path, snapshot) : null;
  } catch (error) {
    if (error instanceof Failure && !error.retry) return refused;
    throw error;
  }
};

const levelDigest = (directory: string, snapshot: Snapshot): string => {
  const own = snapshot.list(directory).filter((entry) => entry.kind !== "directory");
  const rows = own.map(({ path, kind, id }) => `${nameOf(path)}\0${kind}\0${id}`);
  return digestOf(rows.sort().join("\n")).slice(0, 40);
};

/** More keys than this make a large item in the table: directories' whole trees stand for them then, which is coarser, never wrong. */
const mostKeys = 400;

/** The present ids of what was looked at, without those that others cover: everything below a tree, and files on a recorded level. */
export const reachOf = (looked: Looked, snapshot: Snapshot): Reach => {
  const belowTree = (path: string): boolean => {
    for (let above = path; above !== ""; ) {
      above = parentOf(above);
      if (looked.trees.has(above)) return true;
    }
    return false;
  };
  const known = remembered.get(snapshot) ?? new Map<string, string | null>();
  remembered.set(snapshot, known);
  const onLevel = (path: string): boolean => looked.levels.has(parentOf(path)) && idOf(treeKey(path), snapshot, known) !== null;
  const keys = [
    ...(looked.commit ? [commitKey] : []),
    ...[...looked.trees].filter((path) => !belowTree(path)).map(treeKey),
    ...[...looked.levels].filter((path) => !looked.trees.has(path) && !belowTree(path)).map(levelKey),
    ...[...looked.files].filter((path) => !looked.trees.has(path) && !belowTree(path) && !onLevel(path)).map(treeKey),
    ...[...looked.linked].map(treeKey),
  ];
  if (keys.length > mostKeys && looked.levels.size > 0) return reachOf(coarser(looked), snapshot);
  return Object.fromEntries([...new Set(keys)].sort().map((key) => [key, idOf(key, snapshot, known)]));
};

const coarser = (looked: Looked): Looked => ({ ...looked, trees: new Set([...looked.trees, ...looked.levels]), levels: new Set() });
