import type { Repository } from "es-git";
import { Failure } from "../../model/failure.ts";

/** Where a snapshot reads trees and blobs from: libgit2's object database, or memory in tests. */
export interface ObjectStore {
  /** Rows by name. Names that no file system should see (`.git` and its twins, `..`, with slashes) are left out. */
  tree(id: string): ReadonlyMap<string, TreeRow>;
  blob(id: string): Uint8Array;
}

export interface TreeRow {
  readonly name: string;
  readonly kind: "directory" | "file" | "executable" | "symlink" | "submodule";
  readonly id: string;
}

const kinds: ReadonlyMap<number, TreeRow["kind"]> = new Map([
  [0o040000, "directory"],
  [0o100644, "file"],
  [0o100664, "file"],
  [0o100755, "executable"],
  [0o120000, "symlink"],
  [0o160000, "submodule"],
]);

/** Trees kept in memory; about 100 bytes a row. Successive commits share most of theirs. */
const mostRowsKept = 200_000;

export const libgit2Objects = (repository: Repository, label: string): ObjectStore => {
  const trees = new Map<string, ReadonlyMap<string, TreeRow>>();
  let rowsKept = 0;
  return {
    tree(id) {
      const kept = trees.get(id);
      if (kept !== undefined) return kept;
      const rows = rowsOf(repository, id, label);
      if (rowsKept > mostRowsKept) {
        trees.clear();
        rowsKept = 0;
      }
      trees.set(id, rows);
      rowsKept += rows.size;
      return rows;
    },
    blob: (id) => orDamaged(label, () => repository.getObject(id).peelToBlob().content()),
  };
};

const rowsOf = (repository: Repository, id: string, label: string): ReadonlyMap<string, TreeRow> =>
  orDamaged(label, () => {
    const rows = new Map<string, TreeRow>();
    for (const entry of repository.getTree(id).iter()) {
      const kind = kinds.get(entry.filemode());
      const name = entry.name();
      if (kind !== undefined && isPlainName(name)) rows.set(name, { name, kind, id: entry.id() });
    }
    return rows;
  });

const orDamaged = <T>(label: string, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    throw new Failure("SourceInvalid", label, `An object of ${label} cannot be read: it is damaged, or a name in it is not UTF-8.`, {
      cause,
    });
  }
};

/** `.git` as some file system may read it: any case, with characters that HFS+ ignores, and NTFS's short name. */
export const isPlainName = (name: string): boolean => {
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) return false;
  const folded = name.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, "").toLowerCase();
  return !/^(\.git|git~1)[ .]*$/.test(folded);
};
