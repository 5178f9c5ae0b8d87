import { type SnapshotFile, snapshotOfFiles } from "../../shared/fetch/closure/file-snapshot.ts";
import type { Snapshot } from "../../shared/ports/git.ts";

/** Path → content, or `{ target }` for a symlink, or `{ script }` for an executable file. */
export type Tree = Readonly<Record<string, string | { readonly target: string } | { readonly script: string }>>;

export const commitOf = (sha: string) => ({ sha, author: "Ada <ada@example.com>", message: "change", committedAt: "2026-01-01T00:00:00Z" });

/** A commit with these files. */
export const memorySnapshot = (tree: Tree, sha = "0123456789abcdef0123456789abcdef01234567"): Snapshot =>
  snapshotOfFiles(Object.entries(tree).map(fileOf), commitOf(sha));

const fileOf = ([path, content]: [string, Tree[string]]): SnapshotFile => {
  if (typeof content === "string") return { path, bytes: Buffer.from(content) };
  if ("target" in content) return { path, bytes: Buffer.from(content.target), target: content.target };
  return { path, bytes: Buffer.from(content.script), executable: true };
};
