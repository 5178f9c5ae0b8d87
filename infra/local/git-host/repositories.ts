import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../cache.ts";
import { git } from "./git.ts";

const segment = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** The repository's name in an address such as `/shop/sample.git/info/refs` or `shop/sample.git`, and what follows it; undefined for anything else. */
export function repositoryIn(path: string): { name: string; rest: string } | undefined {
  const [, name, rest] = /^\/?(.+?)\.git(\/.*)?$/.exec(path) ?? [];
  return name?.split("/").every((part) => segment.test(part)) ? { name, rest: rest ?? "" } : undefined;
}

/** Where a repository lies below the host's folder. */
export const repositoryPath = (folder: string, name: string): string => join(folder, "repositories", `${name}.git`);

/** Makes an empty bare repository with HEAD on `main`; one that is there already stays as it is. */
export async function createRepository(folder: string, name: string): Promise<void> {
  if (repositoryIn(`${name}.git`) === undefined)
    throw new Error(`"${name}" cannot be a repository's name: use letters, digits, ".", "_", "-" and "/"`);
  const path = repositoryPath(folder, name);
  if (await exists(join(path, "HEAD"))) return;
  await mkdir(path, { recursive: true });
  await git(path, ["init", "--bare", "--quiet", "--initial-branch=main"]);
  // As the big hosts: any commit may be fetched by its sha, and partial clones work.
  await git(path, ["config", "uploadpack.allowAnySHA1InWant", "true"]);
  await git(path, ["config", "uploadpack.allowFilter", "true"]);
  await git(path, ["config", "http.receivepack", "true"]);
}
