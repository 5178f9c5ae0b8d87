import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { git } from "../git-host/git.ts";

/** A person's working copy of the sample. */
export interface Clone {
  /** Replaces what stands once in a file. Throws when it does not. */
  edit(path: string, from: string, to: string): Promise<void>;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Commits everything and pushes; answers the commit's sha. */
  push(message: string): Promise<string>;
}

const identity = ["-c", "user.name=Tour", "-c", "user.email=tour@fairlead.example"];

/** Clones with the machine's git, and none of the person's settings. What an earlier tour left there goes. */
export const cloneInto = async (remote: string, folder: string): Promise<Clone> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const run = (...args: readonly string[]) => git(folder, [...identity, ...args]);
  await run("clone", "--quiet", remote, ".");
  return {
    edit: async (path, from, to) => {
      const text = await readFile(join(folder, path), "utf8");
      if (text.split(from).length !== 2) throw new Error(`${path} does not hold "${from}" once: the tour needs the sample as it came`);
      await writeFile(
        join(folder, path),
        text.replace(from, () => to),
      );
    },
    write: async (path, text) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    },
    remove: async (path) => void (await run("rm", "-r", "--quiet", path)),
    push: async (message) => {
      await run("add", "--all");
      await run("commit", "--quiet", "-m", message);
      await run("push", "--quiet", "origin", "HEAD");
      return (await run("rev-parse", "HEAD")).trim();
    },
  };
};
