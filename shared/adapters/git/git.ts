import { Failure } from "../../model/failure.ts";
import type { Git } from "../../ports/git.ts";
import { conversations } from "./converse.ts";
import { refsOver } from "./refs.ts";
import { snapshotOf } from "./snapshot.ts";
import { openStore } from "./store.ts";
import { type TreeWorld, treeOf } from "./trees.ts";

export interface GitOptions {
  /** Folder for downloads, wholly ours, such as `/tmp/fairlead/git`. */
  readonly folder: string;
  /** What one commit may have, as packed by the server, and again its LFS files. Default 512 MB. */
  readonly repositoryBytes?: number;
  /** Kept on disk in all. Default 2 GB. */
  readonly cacheBytes?: number;
  /** For one conversation with a Git host. Default 120. */
  readonly seconds?: number;
  /** Plain http to hosts other than loopback. Default false. */
  readonly allowHttp?: boolean;
}

/**
 * The Git port over the network. Git's protocol is spoken here, so that credentials, redirects, host keys and limits are ours; libgit2
 * indexes what comes and reads it. One instance is kept while the function is warm: it is the cache.
 */
export const createGit = (options: GitOptions): Git => {
  const settings = { repositoryBytes: 512 * 1024 * 1024, cacheBytes: 2 * 1024 * 1024 * 1024, seconds: 120, allowHttp: false, ...options };
  const converse = conversations(settings.seconds);
  const world: TreeWorld = { settings, converse, store: openStore(settings.folder, settings), free: gate(mostDownloads) };
  return {
    ...refsOver(converse, settings),
    async snapshot(access, { sha, ref }) {
      if (!/^[0-9a-f]{40}$/.test(sha))
        throw new Failure("RevisionMissing", sha, `${sha.slice(0, 80)} is not a commit's full sha${ref === undefined ? "" : ` (${ref})`}.`);
      const { tree, facts, touch } = await treeOf(world, access, sha);
      return snapshotOf(tree, facts, touch);
    },
  };
};

/** libgit2 blocks a thread of Node's pool of four while it reads a pack; name lookups, files and zlib need the others. */
const mostDownloads = 2;

/** Lets `places` at a time through, in order. */
const gate = (places: number) => {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (inside >= places) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) inside--;
      else next();
    }
  };
};
