import { Failure } from "../../model/failure.ts";
import type { LfsFiles } from "./lfs.ts";
import { isPlainName, type ObjectStore, type TreeRow } from "./objects.ts";

/** A repository's files with what belongs to them: its LFS files, and its submodules by their paths in it. */
export interface Tree {
  readonly label: string;
  readonly objects: ObjectStore;
  readonly root: string;
  readonly lfs: LfsFiles;
  readonly submodules: ReadonlyMap<string, Tree | Failure>;
}

/** Something found: its path without symlinks, and the tree (superproject or submodule) that holds it. */
export type Found = Directory | FoundFile;

interface Directory {
  readonly kind: "directory";
  readonly path: string;
  readonly tree: Tree;
  readonly id: string;
  /** Its path in its own tree, which differs from `path` within a submodule. */
  readonly inside: string;
  readonly rows: ReadonlyMap<string, TreeRow>;
}

interface FoundFile {
  readonly kind: "file" | "executable" | "symlink";
  readonly path: string;
  readonly tree: Tree;
  readonly id: string;
}

/** As Linux has it. */
const mostSymlinks = 40;

/**
 * Walks a path from the root. Symlinks on the way are followed inside the tree; the last one where `follow` says so. Undefined where nothing
 * stands. Throws SourceInvalid for symlinks that leave the tree, loop or reach into `.git`, naming the first one on the way.
 */
export const locate = (tree: Tree, path: string, follow: boolean): Found | undefined => {
  const asked = path === "" ? [] : path.split("/");
  if (!asked.every(isPlainName)) return undefined;
  const root: Directory = { kind: "directory", path: "", inside: "", id: tree.root, tree, rows: tree.objects.tree(tree.root) };
  const trail: Directory[] = [root];
  const ahead = asked.toReversed();
  let link: { readonly path: string; readonly target: string } | undefined;
  let links = 0;

  for (let segment = ahead.pop(); segment !== undefined; segment = ahead.pop()) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (trail.length === 1 && link !== undefined) throw refuse(tree, link, "leaves the repository");
      trail.pop();
      continue;
    }
    if (link !== undefined && !isPlainName(segment)) throw refuse(tree, link, "leads into a place that only Git may use");
    const here = trail.at(-1) ?? root;
    const found = step(here, segment);
    if (found === undefined) return undefined;
    const isLast = ahead.every((rest) => rest === "" || rest === ".");
    if (found.kind === "symlink" && (follow || !isLast)) {
      const target = targetOf(found);
      link ??= { path: found.path, target };
      if (target.startsWith("/")) throw refuse(tree, link, "leaves the repository");
      if (++links > mostSymlinks) throw refuse(tree, link, "leads in a circle");
      ahead.push(...target.split("/").toReversed());
    } else if (found.kind === "directory") trail.push(found);
    else return isLast ? found : undefined;
  }
  return trail.at(-1);
};

const step = (here: Directory, name: string): Found | undefined => {
  const row = here.rows.get(name);
  if (row === undefined) return undefined;
  const { id } = row;
  const path = under(here.path, name);
  const inside = under(here.inside, name);
  if (row.kind === "directory") return { kind: "directory", path, inside, id, tree: here.tree, rows: here.tree.objects.tree(id) };
  if (row.kind !== "submodule") return { kind: row.kind, path, id, tree: here.tree };
  const tree = here.tree.submodules.get(inside);
  if (tree instanceof Failure) throw tree;
  // A submodule that `.gitmodules` does not declare is an empty folder in a checkout, and here.
  if (tree === undefined) return { kind: "directory", path, inside, id, tree: here.tree, rows: new Map() };
  return { kind: "directory", path, inside: "", id, tree, rows: tree.objects.tree(tree.root) };
};

export const under = (directory: string, name: string): string => (directory === "" ? name : `${directory}/${name}`);

export const targetOf = (found: FoundFile): string => Buffer.from(found.tree.objects.blob(found.id)).toString("utf8");

const refuse = (tree: Tree, link: { readonly path: string; readonly target: string }, why: string): Failure =>
  new Failure("SourceInvalid", link.path, `The symlink ${link.path} in ${tree.label} points to ${printable(link.target)}, which ${why}.`);

const printable = (text: string): string => text.replace(/\p{Cc}/gu, "?").slice(0, 200);
