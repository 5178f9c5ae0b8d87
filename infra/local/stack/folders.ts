import { join, resolve } from "node:path";

/** What one machine keeps, all below one folder: deleted, the next start is the first one. */
export const stackFolders = (root: string) => {
  const at = (...parts: readonly string[]) => join(resolve(root), ...parts);
  return {
    root: at(),
    clusters: at("clusters"),
    git: at("git"),
    standIns: at("stand-ins"),
    secrets: at("secrets"),
    work: at("work"),
    installation: at("fairlead.yaml"),
    stackFile: at("stack.json"),
    cluster: (name: string) => at("clusters", name),
  } as const;
};

export type StackFolders = ReturnType<typeof stackFolders>;
