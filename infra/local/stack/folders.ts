import { mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { tryLock } from "../lock.ts";
import { stackFileName } from "../stack-file.ts";
import type { Launch } from "./launch.ts";

/** What one machine keeps, all below one folder: deleted, the next start is the first one. */
export const stackFolders = (root: string) => {
  const at = (...parts: readonly string[]) => join(resolve(root), ...parts);
  return {
    root: at(),
    git: at("git"),
    standIns: at("stand-ins"),
    secrets: at("secrets"),
    /** The functions' home and temporary files. */
    work: at("work"),
    installation: at("fairlead.yaml"),
    stackFile: at(stackFileName),
    /** Ports that were free at the last start, so that addresses in people's hands stay valid. */
    ports: at("ports.json"),
    /** Short ways to kubectl and helm. */
    bin: at("bin"),
    /** Which cluster of the user's the sample was put on. */
    ownCluster: at("own-cluster.json"),
    /** Every line of the last run, as JSON. */
    journal: at("journal.jsonl"),
    cluster: (name: string) => at("clusters", name),
  } as const;
};

export type StackFolders = ReturnType<typeof stackFolders>;

/** Makes the folder ours for as long as this process runs. Throws when another process has it. */
export const claimFolder = async (folders: StackFolders, launch: Pick<Launch, "keep">): Promise<void> => {
  const lock = await tryLock(`stack ${folders.root}`);
  if (!lock) throw new Error(`Another npm start runs on ${folders.root}: end it first, or give another folder with --folder DIR`);
  await launch.keep({ stop: () => lock.release() });
  for (const folder of [folders.secrets, folders.work]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(folders.work);
};

/** Folders of cages that a process left which was killed. */
const removeLeftovers = async (work: string): Promise<void> => {
  for (const name of await readdir(work)) {
    if (name.startsWith("fairlead-cage-")) await rm(join(work, name), { recursive: true, force: true });
  }
};
