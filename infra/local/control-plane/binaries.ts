import { execFile } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, exists } from "../cache.ts";
import { withLock } from "../lock.ts";
import { build } from "./build.ts";
import { download } from "./download.ts";
import { type ProgramName, type Programs, programNames, versions } from "./programs.ts";
import type { OnProgress } from "./progress.ts";

/**
 * The control plane's programs: those in `KUBEBUILDER_ASSETS` first, then those in the cache; what is still missing is downloaded
 * (with its checksum), or else built with Go from the pinned modules, into the cache. Several processes may ask at once: one works, the others wait.
 * @throws Error that says what to do, when a program can be had in none of these ways.
 */
export async function controlPlanePrograms(onProgress: OnProgress = () => {}): Promise<Programs> {
  const folder = programsFolder();
  const found = await look(folder);
  await warnOfOtherVersion(found.paths["kube-apiserver"], onProgress);
  if (found.missing.length === 0) return complete(found.paths);

  const waiting = () => onProgress({ message: "another process is fetching the control plane: waiting for it" });
  await withLock(folder, waiting, async () => {
    await mkdir(folder, { recursive: true });
    await removeLeftovers(folder);
    const { missing } = await look(folder);
    const unpublished = await download(missing, folder, onProgress);
    if (unpublished.length > 0) await build(unpublished, folder, onProgress);
  });
  return complete((await look(folder)).paths);
}

/** The folder is named by the versions, so another version never meets the wrong program. */
export function programsFolder(): string {
  const { kubernetes, etcd, kwok } = versions;
  return join(cacheFolder(), `control-plane-${kubernetes}-etcd-${etcd}-kwok-${kwok}-${process.arch}`);
}

type Paths = Partial<Record<ProgramName, string>>;

async function look(folder: string): Promise<{ paths: Paths; missing: ProgramName[] }> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  const folders = assets === undefined || assets === "" ? [folder] : [assets, folder];
  const paths: Paths = {};
  for (const name of programNames) {
    for (const place of folders) {
      if (paths[name] === undefined && (await exists(join(place, name)))) paths[name] = join(place, name);
    }
  }
  return { paths, missing: programNames.filter((name) => paths[name] === undefined) };
}

function complete(paths: Paths): Programs {
  const need = (name: ProgramName): string => {
    const path = paths[name];
    if (path === undefined) throw new Error(`${name} is neither in KUBEBUILDER_ASSETS nor in ${programsFolder()}`);
    return path;
  };
  return {
    etcd: need("etcd"),
    "kube-apiserver": need("kube-apiserver"),
    "kube-controller-manager": need("kube-controller-manager"),
    "kube-scheduler": need("kube-scheduler"),
    kwok: need("kwok"),
  };
}

/** People's own API server may be of another version than the controllers that we add: that often works, and explains it when it does not. */
async function warnOfOtherVersion(apiServer: string | undefined, onProgress: OnProgress): Promise<void> {
  if (apiServer === undefined || apiServer.startsWith(programsFolder())) return;
  const { stdout } = await promisify(execFile)(apiServer, ["--version"]).catch((cause: unknown) => {
    throw new Error(`${apiServer}, found through KUBEBUILDER_ASSETS, cannot be run: give another folder or unset KUBEBUILDER_ASSETS`, {
      cause,
    });
  });
  const minor = (version: string) => /(\d+\.\d+)/.exec(version)?.[1];
  if (minor(stdout) === minor(versions.kubernetes)) return;
  onProgress({ message: `KUBEBUILDER_ASSETS holds an API server of ${stdout.trim()}; the tests expect ${versions.kubernetes}` });
}

/** What a process left that was stopped while it worked. Only the lock's holder may do this. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(".part")) await rm(join(folder, name), { recursive: true, force: true });
  }
}
