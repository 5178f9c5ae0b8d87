import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** The per-user folder for what is made once and used by every clone: `$XDG_CACHE_HOME/fairlead`, else `~/.cache/fairlead`. */
export function cacheFolder(): string {
  const xdg = process.env.XDG_CACHE_HOME;
  // The XDG specification says that relative paths there are to be ignored.
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), ".cache"), "fairlead");
}

/**
 * The folder `name` of the cache, made by `fill` if it is not there yet. `fill` writes into a temporary folder that gets its name
 * only when complete, so a stopped process leaves no half result. Two processes may fill at once; the first to finish wins.
 */
export async function cachedFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (await exists(folder)) return folder;

  const temporary = `${folder}.${randomUUID()}.tmp`;
  await mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    await renameUnlessThere(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}

async function renameUnlessThere(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await exists(to))) throw error;
  }
}

/** Whether a file or folder is there. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
