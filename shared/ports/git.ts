import type { CommitFacts } from "../model/operation.ts";

/** Reads repositories over HTTPS and SSH. Never starts a git binary: Lambda has none. Throws RepositoryForbidden, RepositoryUnreachable, RevisionMissing, LimitExceeded. */
export interface Git {
  /** All refs in one request (annotated tags peeled). */
  listRefs(repository: RepositoryAccess): Promise<RemoteRefs>;
  /** One commit, depth 1, downloaded once per repository and sha while the function is warm. Submodules and LFS files are resolved. */
  snapshot(repository: RepositoryAccess, revision: { readonly sha: string; readonly ref?: string }): Promise<Snapshot>;
}

/** Where a repository is and how to get in. `url` is after mirrors; it never contains credentials. */
export interface RepositoryAccess {
  readonly url: string;
  readonly credentials?: RepositoryCredentials;
  /** For submodules on other hosts and the like: the caller's way to look up access by URL. */
  readonly accessTo?: (url: string) => Promise<RepositoryAccess>;
}

export type RepositoryCredentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "ssh"; readonly privateKey: string; readonly knownHosts: string; readonly username?: string };

export interface RemoteRefs {
  /** Full name the remote's HEAD points to, such as refs/heads/main. */
  readonly head?: string;
  /** Full ref name → commit sha. */
  readonly refs: ReadonlyMap<string, string>;
}

/** A commit's files. Paths are relative to the root, with `/`, without leading `./`; "" is the root. Reads are synchronous: everything is local. */
export interface Snapshot {
  readonly commit: CommitFacts;
  entry(path: string): SnapshotEntry | undefined;
  list(directory: string): readonly SnapshotEntry[];
  /** Bytes of a file, following symlinks inside the tree; LFS content where the file is an LFS pointer. */
  read(path: string): Uint8Array;
}

export interface SnapshotEntry {
  readonly path: string;
  readonly kind: "directory" | "file" | "executable" | "symlink";
  /** Git's object id: equal ids mean equal content, for directories recursively. */
  readonly id: string;
  /** Where a symlink points, as written (it may leave the tree: who follows it checks); absent for everything else. */
  readonly target?: string;
}
