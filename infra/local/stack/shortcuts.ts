import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

/** Puts kubectl and helm under a path that people can type. */
export const linkTools = async (bin: string, tools: { readonly kubectl: string; readonly helm: string }): Promise<void> => {
  await mkdir(bin, { recursive: true });
  for (const [name, target] of Object.entries(tools)) {
    await rm(join(bin, name), { force: true });
    await symlink(target, join(bin, name));
  }
};
