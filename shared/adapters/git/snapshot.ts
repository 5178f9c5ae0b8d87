import { Failure } from "../../model/failure.ts";
import type { CommitFacts } from "../../model/operation.ts";
import type { Snapshot, SnapshotEntry } from "../../ports/git.ts";
import { type LfsPointer, readPointer } from "./lfs.ts";
import { type Found, locate, type Tree, targetOf, under } from "./locate.ts";

/** Single files beyond this are refused: they would have to fit into memory several times over. */
const mostFileBytes = 128 * 1024 * 1024;

/** A commit's files as stages see them. `touched` is told of every use, so that the cache knows what is needed. */
export const snapshotOf = (tree: Tree, commit: CommitFacts, touched: () => void = () => {}): Snapshot => {
  const at = (path: string, follow: boolean): Found | undefined => {
    touched();
    return locate(tree, path, follow);
  };

  const fileAt = (path: string): Found => {
    const found = at(path, true);
    if (found === undefined) throw new Failure("PathMissing", path, `There is no file ${path} in ${tree.label}.`);
    if (found.kind === "directory") throw new Failure("PathMissing", path, `${path} in ${tree.label} is a directory, not a file.`);
    return found;
  };

  return {
    commit,
    entry(path) {
      const found = at(path, false);
      return found && entryOf(found, path);
    },
    list(directory) {
      const found = at(directory, true);
      if (found?.kind !== "directory") return [];
      return [...found.rows.values()].map((row): SnapshotEntry => {
        const path = under(directory, row.name);
        const kind = row.kind === "submodule" ? "directory" : row.kind;
        const target = kind === "symlink" ? { target: targetOf({ kind, path, tree: found.tree, id: row.id }) } : {};
        return { path, kind, id: row.id, ...target };
      });
    },
    real: (path) => at(path, true)?.path,
    read(path) {
      const found = fileAt(path);
      const bytes = contentOf(found);
      const pointer = readPointer(bytes);
      if (pointer === undefined) return bytes;
      const content = found.tree.lfs.read(pointer);
      if (content !== undefined) return content;
      throw new Failure(
        "SourceInvalid",
        path,
        `${path} in ${tree.label} is kept in Git LFS; files that decide what is rendered must be plain files.`,
      );
    },
    async prepare(paths) {
      const wanted = new Map<Tree, LfsPointer[]>();
      for (const path of paths) {
        const found = fileAt(path);
        const pointer = readPointer(contentOf(found));
        if (pointer !== undefined) wanted.set(found.tree, [...(wanted.get(found.tree) ?? []), { ...pointer, path }]);
      }
      for (const [{ lfs }, pointers] of wanted) await lfs.download(pointers);
    },
  };
};

const entryOf = (found: Found, path: string): SnapshotEntry => {
  const target = found.kind === "symlink" ? { target: targetOf(found) } : {};
  return { path, kind: found.kind, id: found.id, ...target };
};

const contentOf = (found: Found): Uint8Array => {
  const bytes = found.tree.objects.blob(found.id);
  if (bytes.length <= mostFileBytes) return bytes;
  throw new Failure(
    "LimitExceeded",
    found.path,
    `${found.path} in ${found.tree.label} has ${bytes.length} bytes; at most ${mostFileBytes} are read.`,
  );
};
