import type { CommitFacts } from "../model/operation.ts";

/** Reads repositories over HTTPS and SSH. Never starts a git binary: Lambda has none. Throws RepositoryForbidden, RepositoryUnreachable, RevisionMissing, LimitExceeded, ConfigurationInvalid. */
export interface Git {
  /** HEAD, branches and tags in one request (annotated tags peeled), and refs whose names begin with one of `also` (such as `refs/pull/`). */
  listRefs(repository: RepositoryAccess, also?: readonly string[]): Promise<RemoteRefs>;
  /** One commit, depth 1, downloaded once per repository and sha while the function is warm. Submodules are part of it; a submodule that cannot be had fails whoever reads it. */
  snapshot(repository: RepositoryAccess, revision: { readonly sha: string; readonly ref?: string }): Promise<Snapshot>;
}

/** Where a repository is and how to get in. `url` is after mirrors; it never contains credentials. */
export interface RepositoryAccess {
  readonly url: string;
  readonly credentials?: RepositoryCredentials;
  /** Name of the credentials in the secret store: a host counts what it allows by who asks. Absent for nobody in particular. */
  readonly login?: string;
  /** For submodules on other hosts and the like: the caller's way to look up access by URL. */
  readonly accessTo?: (url: string) => Promise<RepositoryAccess>;
}

export type RepositoryCredentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "ssh"; readonly privateKey: string; readonly knownHosts: string; readonly username?: string };

export interface RemoteRefs {
  /** Full name the remote's HEAD points to, such as refs/heads/main. */
  readonly head?: string;
  /** Full ref name → commit sha. `HEAD` itself is in it where it points to a commit without a branch. */
  readonly refs: ReadonlyMap<string, string>;
}

/**
 * A commit's files. Paths are relative to the root, with `/`, without leading `./`; "" is the root. Everything but `prepare` is synchronous:
 * all is local. Symlinks inside the tree are followed; one that leaves it, loops, or leads into `.git` throws SourceInvalid naming the symlink.
 */
export interface Snapshot {
  readonly commit: CommitFacts;
  /** What stands there; symlinked directories on the way are followed, a symlink at the end is not. Undefined where nothing stands. */
  entry(path: string): SnapshotEntry | undefined;
  /** A directory's entries by name, their paths under the path asked for; none where there is no directory. A symlink to a directory is followed. */
  list(directory: string): readonly SnapshotEntry[];
  /** Where the path leads once all symlinks, also the last, are followed; undefined where that is nothing. */
  real(path: string): string | undefined;
  /** A file's bytes, following symlinks; LFS content where the file is an LFS pointer, which needs `prepare` first. Throws PathMissing, SourceInvalid. */
  read(path: string): Uint8Array;
  /** Downloads the LFS files among these files, so that `read` has them. Costs nothing where there are none: always call it before packing. */
  prepare(paths: readonly string[]): Promise<void>;
}

export interface SnapshotEntry {
  readonly path: string;
  readonly kind: "directory" | "file" | "executable" | "symlink";
  /** Git's object id: equal ids mean equal content, for directories recursively (symlinks by their target's text, submodules by their commit). */
  readonly id: string;
  /** Where a symlink points, as written (it may leave the tree: who follows it checks); absent for everything else. */
  readonly target?: string;
}
