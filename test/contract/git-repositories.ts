import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export type TreeFiles = Readonly<
  Record<string, string | Uint8Array | { readonly target: string } | { readonly script: string } | { readonly pinned: string }>
>;

const run = promisify(execFile);

/** Nothing of the machine's own Git configuration; the same commits on every machine. */
const environment = {
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
};

/** Bare repositories made with the real git, in a folder given or a temporary one. */
export const gitRepositories = async (folder?: string) => {
  const root = folder ?? (await mkdtemp(join(tmpdir(), "git-")));
  const git = async (name: string, ...words: string[]): Promise<string> => {
    const { stdout } = await run("git", ["-C", join(root, `${name}.git`), ...words], { env: environment, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  };

  return {
    root,
    environment,
    git,
    async create(name: string): Promise<void> {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", join(root, `${name}.git`)], { env: environment });
    },
    /** One commit with exactly these files on a branch; answers with its sha. */
    async commit(name: string, files: TreeFiles, options: { readonly branch?: string; readonly message?: string } = {}): Promise<string> {
      const work = await mkdtemp(join(root, "work-"));
      const index = {
        ...environment,
        GIT_INDEX_FILE: join(root, `index-${Math.random()}`),
        GIT_DIR: join(root, `${name}.git`),
        GIT_WORK_TREE: work,
      };
      const inWork = async (...words: string[]) => (await run("git", words, { env: index, cwd: work })).stdout.trim();
      for (const [path, content] of Object.entries(files)) await writeEntry(join(work, path), content);
      await inWork("add", "--all", "--force", ".");
      for (const [path, content] of Object.entries(files)) {
        if (typeof content === "object" && "pinned" in content)
          await inWork("update-index", "--add", "--cacheinfo", `160000,${content.pinned},${path}`);
      }
      const ref = `refs/heads/${options.branch ?? "main"}`;
      const parent = await inWork("rev-parse", "--verify", "--quiet", ref).catch(() => "");
      const tree = await inWork("write-tree");
      const sha = await inWork("commit-tree", tree, "-m", options.message ?? "change", ...(parent === "" ? [] : ["-p", parent]));
      await inWork("update-ref", ref, sha);
      await rm(work, { recursive: true });
      return sha;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
};

export type GitRepositories = Awaited<ReturnType<typeof gitRepositories>>;

const writeEntry = async (path: string, content: TreeFiles[string]): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  if (typeof content === "string" || content instanceof Uint8Array) return await writeFile(path, content);
  if ("target" in content) return await symlink(content.target, path);
  if ("script" in content) await writeFile(path, content.script, { mode: 0o755 });
};
