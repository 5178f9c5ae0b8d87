import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Commit, initRepository } from "es-git";
import { Failure } from "../../model/failure.ts";
import type { CommitFacts } from "../../model/operation.ts";
import { asDiskTrouble } from "./disk.ts";
import { indexPack } from "./index-pack.ts";
import { type LfsFiles, type LfsSource, lfsFiles } from "./lfs.ts";
import { libgit2Objects, type ObjectStore } from "./objects.ts";

/** A bare repository with the commits that were downloaded of one remote, each without its history. */
export interface KeptRepository {
  /** The LFS files of its commits; `source` is what the first caller gives. */
  lfs(source: LfsSource): LfsFiles;
  /** Shas that are here, newest first. */
  commits(): readonly string[];
  /** A commit, downloaded when it is not here. Callers who want the same one share a download; others wait for their turn. */
  commit(sha: string, download: Download): Promise<KeptCommit>;
  /** Bytes on disk. */
  bytes(): number;
  /** When something was last read, ms since 1970. */
  usedAt(): number;
  touch(): void;
  /** Files that are open stay readable on Linux: a snapshot in use survives this, as long as it opened its packs. */
  remove(): void;
}

export interface KeptCommit {
  readonly facts: CommitFacts;
  /** Id of its root tree. */
  readonly root: string;
  readonly objects: ObjectStore;
}

/** Hands the commit's pack to `take`, given the shas that are here already. */
export type Download = (haves: readonly string[], take: (pack: AsyncIterable<Uint8Array>) => Promise<void>) => Promise<void>;

export const keepRepository = (folder: string, limit: number, label: string): KeptRepository => {
  const place = join(folder, "objects.git");
  let opened: ReturnType<typeof open> | undefined;
  // A disk that was full for a while must not make this place useless for ever.
  const ready = () => {
    opened ??= open(folder, place, label).catch((error: unknown) => {
      opened = undefined;
      throw asDiskTrouble(error, label);
    });
    return opened;
  };
  const shas: string[] = [];
  const commits = new Map<string, Promise<KeptCommit>>();
  let turn: Promise<unknown> = Promise.resolve();
  let files: LfsFiles | undefined;
  let bytes = 0;
  let usedAt = Date.now();

  const add = async (sha: string, download: Download): Promise<KeptCommit> => {
    const { repository, objects } = await ready();
    const take = (pack: AsyncIterable<Uint8Array>) => indexPack(place, sha, limited(pack, limit, label), label);
    const haves = shas.slice(0, mostHaves);
    await download(haves, take).catch(async (error: unknown) => {
      // A host may stumble over what is here already; it must not do so for ever.
      if (haves.length === 0 || !(error instanceof Failure) || error.code !== "RepositoryUnreachable" || error.retryAfter !== undefined)
        throw error;
      await download([], take);
    });
    bytes = sizeOf(folder);
    const commit = repository.findCommit(sha);
    if (commit === null) throw new Failure("RevisionMissing", sha, `${sha} in ${label} is not a commit.`);
    shas.unshift(sha);
    return { facts: factsOf(commit), root: commit.treeId(), objects };
  };

  return {
    lfs(source) {
      files ??= lfsFiles(join(folder, "lfs"), limit, label, source);
      return files;
    },
    commits: () => shas,
    bytes: () => bytes,
    usedAt: () => usedAt,
    touch() {
      usedAt = Date.now();
    },
    commit(sha, download) {
      usedAt = Date.now();
      const known = commits.get(sha);
      if (known !== undefined) return known;
      const added = turn.then(() => add(sha, download));
      turn = added.catch(() => {});
      commits.set(sha, added);
      added.catch(() => commits.delete(sha));
      return added;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** Commits told to the host as being here; a branch's last one is nearly always among them. */
const mostHaves = 8;

const open = async (folder: string, place: string, label: string) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const repository = await initRepository(place, { bare: true });
  return { repository, objects: libgit2Objects(repository, label) };
};

async function* limited(pack: AsyncIterable<Uint8Array>, limit: number, label: string): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of pack) {
    size += chunk.length;
    if (size > limit) {
      const megabytes = Math.round(limit / 1024 / 1024);
      throw new Failure(
        "LimitExceeded",
        label,
        `${label} is larger than the ${megabytes} MB that one commit may have, as Git packs it (limits.repositoryBytes).`,
      );
    }
    yield chunk;
  }
}

const factsOf = (commit: Commit): CommitFacts => {
  const { name, email } = commit.author();
  return { sha: commit.id(), author: name === "" ? email : name, message: commit.message(), committedAt: commit.time().toISOString() };
};

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
