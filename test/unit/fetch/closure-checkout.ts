import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundleOf } from "../../../shared/fetch/closure/bundle.ts";
import type { EvaluatedSource } from "../../../shared/fetch/closure/evaluate-source.ts";
import { unpackBundle } from "../../../shared/model/bundle.ts";
import { memorySnapshot, type Tree } from "../../fakes/memory-snapshot.ts";

/** What the bundle of an evaluated source holds, as files to lay out. */
export const bundled = (tree: Tree, found: EvaluatedSource): Tree =>
  Object.fromEntries(
    unpackBundle(bundleOf(found.closure, memorySnapshot(tree))).map(({ path, bytes, executable }) => {
      const text = Buffer.from(bytes).toString("utf8");
      return [path, executable ? { script: text } : text];
    }),
  );

/** Lays files out in a folder of their own, for as long as `use` takes. */
export const withFolder = async <T>(tree: Tree, use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), "closure-"));
  try {
    for (const [path, content] of Object.entries(tree)) await layOut(folder, path, content);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const layOut = async (root: string, path: string, content: Tree[string]): Promise<void> => {
  const at = join(root, path);
  await mkdir(dirname(at), { recursive: true });
  if (typeof content === "string") await writeFile(at, content);
  else if ("script" in content) await writeFile(at, content.script, { mode: 0o755 });
  else await symlink(content.target, at);
};

/** What a tool prints, run in a folder with nothing in its environment. @throws Error with what it said on standard error */
export const output = (program: string, args: readonly string[], cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, [...args], { cwd, env: { HOME: cwd }, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr || error.message));
      else resolve(stdout);
    });
  });
