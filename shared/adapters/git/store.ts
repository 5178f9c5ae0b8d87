import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type KeptRepository, keepRepository } from "./kept-repository.ts";

export interface StoreLimits {
  /** Bytes that one commit's pack may have. */
  readonly repositoryBytes: number;
  /** Bytes kept on disk in all; what is in use at the moment may go beyond. */
  readonly cacheBytes: number;
}

/** Repositories in a folder, by keys that name the place and who may read it. */
export interface Store {
  /** The repository kept under this key, made when it is not there. */
  keep(key: string, label: string): KeptRepository;
  /** The disk is full: removes all that nobody has read lately, however little it is. */
  shed(): void;
}

/** More packs make every lookup slower: then it is cheaper to begin anew. */
const mostCommits = 40;
/** A repository read within this time (ms) may be read on: it is not removed. */
const inUse = 5 * 60_000;

/** What is kept is known to this process only; folders of processes that ended are removed. */
export const openStore = (folder: string, limits: StoreLimits): Store => {
  removeLeftovers(folder);
  const root = join(folder, `${process.pid}-${randomUUID()}`);
  const current = new Map<string, KeptRepository>();
  const retired = new Set<KeptRepository>();

  const makeRoom = (most: number): void => {
    const idle = (kept: KeptRepository) => Date.now() - kept.usedAt() > inUse;
    for (const kept of retired) if (idle(kept) && retired.delete(kept)) kept.remove();
    const oldestFirst = [...current].toSorted(([, a], [, b]) => a.usedAt() - b.usedAt());
    let total = [...current.values(), ...retired].reduce((sum, kept) => sum + kept.bytes(), 0);
    for (const [key, kept] of oldestFirst) {
      if (total <= most || !idle(kept)) return;
      total -= kept.bytes();
      current.delete(key);
      kept.remove();
    }
  };

  return {
    keep(key, label) {
      const old = current.get(key);
      if (old !== undefined && old.commits().length < mostCommits && old.bytes() <= limits.repositoryBytes * 2) return old;
      if (old !== undefined) retired.add(old);
      makeRoom(limits.cacheBytes);
      const made = keepRepository(join(root, randomUUID()), limits.repositoryBytes, label);
      current.set(key, made);
      return made;
    },
    shed: () => makeRoom(0),
  };
};

const removeLeftovers = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const pid = Number(/^(\d+)-[0-9a-f-]{36}$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};
