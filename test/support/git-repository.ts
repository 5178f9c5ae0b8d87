import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { git } from "../../infra/local/git-host/git.ts";

/** What is at a path: a file's text or bytes, an executable, a symlink, or nothing any more. */
export type FileState = string | Uint8Array | { readonly executable: string } | { readonly symlink: string } | null;
export type Files = Readonly<Record<string, FileState>>;

/** A working copy for tests. */
export interface TestRepository {
  readonly folder: string;
  /** Writes the files, commits, and answers the commit's sha. */
  commit(files: Files, message?: string): Promise<string>;
  /** Runs any git command in the working copy and answers what it printed. */
  git(...args: readonly string[]): Promise<string>;
  /** Pushes to an address that holds its credentials (`withPassword`); `refspec` defaults to the branch `main`. */
  push(url: string, ...refspecs: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

const author = {
  GIT_AUTHOR_NAME: "Robin Reef",
  GIT_AUTHOR_EMAIL: "robin@example.com",
  GIT_COMMITTER_NAME: "Robin Reef",
  GIT_COMMITTER_EMAIL: "robin@example.com",
};

/** Makes a repository with one commit of the given files on `main`. */
export async function makeRepository(files: Files = {}): Promise<TestRepository> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-repository-"));
  const run = (...args: readonly string[]) => git(folder, args, author);
  await run("init", "--quiet", "--initial-branch=main");

  const commit = async (changes: Files, message = "Change things"): Promise<string> => {
    for (const [path, state] of Object.entries(changes)) await put(join(folder, path), state);
    await run("add", "--all");
    await run("commit", "--quiet", "--allow-empty", "-m", message);
    return (await run("rev-parse", "HEAD")).trim();
  };
  if (Object.keys(files).length > 0) await commit(files, "Begin");

  return {
    folder,
    commit,
    git: run,
    push: async (url, ...refspecs) => {
      await run("push", "--quiet", url, ...(refspecs.length === 0 ? ["main"] : refspecs));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function put(path: string, state: FileState): Promise<void> {
  await rm(path, { recursive: true, force: true });
  if (state === null) return;
  await mkdir(dirname(path), { recursive: true });
  if (typeof state === "string" || state instanceof Uint8Array) return writeFile(path, state);
  if ("symlink" in state) return symlink(state.symlink, path);
  await writeFile(path, state.executable);
  await chmod(path, 0o755);
}

/** The address with a username and a password in it, for the git binary only. */
export function withPassword(url: string, { username, password }: { username: string; password: string }): string {
  return url.replace("://", `://${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
}
