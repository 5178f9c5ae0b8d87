/**
 * What a running local stack tells the `fairlead` command: where its table, queues and clusters are. Written when the stack is up, removed
 * when it ends; readable by its owner only, since it has the word that the stack's control endpoint asks for.
 */
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";

export const StackFile = z.object({
  v: z.literal(1),
  /** Of the process that runs the stack. */
  pid: z.int(),
  startedAt: z.iso.datetime(),
  /** Variables with which the AWS SDK finds the stand-ins. */
  aws: z.record(z.string(), z.string()),
  table: z.string(),
  bucket: z.string(),
  /** URLs of queues; `syncs` by network. */
  queues: z.object({ pushes: z.url(), renders: z.url(), notices: z.url(), syncs: z.record(z.string(), z.url()) }),
  /** Path of the installation file and of the folder of secrets. */
  installation: z.string(),
  secrets: z.string(),
  control: z.object({ url: z.url(), token: z.string().min(16) }),
  clusters: z.array(z.object({ name: z.string(), kubeconfig: z.string() })),
  /** For people. */
  git: z.string(),
  webhook: z.string(),
});
export type StackFile = z.infer<typeof StackFile>;

export const stackFolder = ".fairlead";
export const stackFileName = "stack.json";

/** Whole or not at all: a reader never sees half a file. */
export const writeStackFile = async (path: string, stack: StackFile): Promise<void> => {
  await writeFile(`${path}.new`, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
};

export const removeStackFile = (path: string): Promise<void> => rm(path, { force: true });

export type StackLookup =
  | { readonly state: "running"; readonly stack: StackFile }
  | { readonly state: "absent" }
  | { readonly state: "stale"; readonly path: string }
  | { readonly state: "unreadable"; readonly path: string };

/** Looks from a folder upwards, as git does for its own. A file whose process has died is stale. */
export const findStack = async (from: string): Promise<StackLookup> => {
  const found = await stackIn(join(from, stackFolder));
  return found.state !== "absent" || dirname(from) === from ? found : findStack(dirname(from));
};

/** The stack that keeps its state in this very folder, as `npm start -- --folder` named it. */
export const stackIn = async (folder: string): Promise<StackLookup> => {
  const path = join(folder, stackFileName);
  if (!existsSync(path)) return { state: "absent" };
  const parsed = StackFile.safeParse(await readJson(path));
  if (!parsed.success) return { state: "unreadable", path };
  return isAlive(parsed.data.pid) ? { state: "running", stack: parsed.data } : { state: "stale", path };
};

const readJson = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
};

/** Signal 0 asks without doing anything; a process of another user answers EPERM. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};
