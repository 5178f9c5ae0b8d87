import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../model/failure.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { secretFields } from "./fields.ts";

/**
 * The secret store of one machine: `<folder>/<name>.json`, readable by its owner only. Throws SecretForbidden for a file that others can
 * read or that we cannot, SecretInvalid for a name that could leave the folder.
 */
export const secretsFolder = (folder: string): Secrets => ({
  read: async (name) => {
    if (!isSafe(name)) throw unsafe(name);
    const file = join(folder, `${name}.json`);
    try {
      const { mode } = await stat(file);
      // Group and others: no bit may be set.
      if ((mode & 0o077) !== 0) throw tooOpen(name, file);
      return secretFields(name, (await readFile(file, "utf8")).trim());
    } catch (error) {
      if (error instanceof Failure || !(error instanceof Error) || !("code" in error)) throw error;
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new Failure("SecretForbidden", name, `the secret ${name} cannot be read from ${file} (${error.code})`, { cause: error });
    }
  },
});

/** Secrets Manager's own alphabet, without what means something to a file system. */
const isSafe = (name: string): boolean =>
  /^[\w+=@.-]+(\/[\w+=@.-]+)*$/.test(name) && !name.split("/").some((part) => part === "." || part === "..");

const unsafe = (name: string): Failure =>
  new Failure("SecretInvalid", name, `${JSON.stringify(name)} cannot name a secret: use letters, digits and _ + = @ . - between slashes`);

const tooOpen = (name: string, file: string): Failure =>
  new Failure("SecretForbidden", name, `others can read the secret ${name}: run chmod 600 ${file}`);
