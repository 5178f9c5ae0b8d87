import type { ChildProcess } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { spawnGuarded } from "../guarded-process.ts";
import { type ProgramName, programs, versions } from "./programs.ts";
import type { OnProgress } from "./progress.ts";

/** One Go module pins all programs, so that packages they share are compiled once. */
const moduleFolder = join(import.meta.dirname, "module");

/**
 * Builds programs with Go into the folder, each under its final name only once it is whole. From nothing it takes about four minutes on two cores.
 * @throws Error when there is no Go, or when the build fails.
 */
export async function build(names: readonly ProgramName[], folder: string, onProgress: OnProgress): Promise<void> {
  const packages = names.map((name) => programs[name].goPackage);
  const expected = await packagesToCompile(packages, onProgress);

  const output = join(folder, "build.part");
  await mkdir(output, { recursive: true });
  try {
    const message = `building ${names.join(", ")} with Go`;
    let compiled = 0;
    onProgress({ message, done: 0 });
    await go(["build", "-v", ...flags, "-o", `${output}/`, ...packages], () => {
      compiled += 1;
      onProgress({ message, done: Math.min(compiled / Math.max(expected, 1), 0.99) });
    });
    for (const name of names) await rename(join(output, programs[name].built), join(folder, name));
    onProgress({ message, done: 1 });
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

const [major, minor] = versions.kubernetes.split(".");
const stamp = (name: string, value: string) => `-X k8s.io/component-base/version.${name}=${value}`;
// Without the version stamp the server reports v0.0.0-master and clients misjudge it. No debug information: half the time, half the size.
const flags = [
  "-trimpath",
  "-gcflags=all=-dwarf=false",
  `-ldflags=-s -w ${stamp("gitVersion", `v${versions.kubernetes}`)} ${stamp("gitMajor", `${major}`)} ${stamp("gitMinor", `${minor}`)}`,
];

/** Downloads the modules where they are missing, and counts what Go's own cache does not have yet: the progress bar's whole. */
async function packagesToCompile(packages: readonly string[], onProgress: OnProgress): Promise<number> {
  let modules = 0;
  let stale = 0;
  onProgress({ message: "reading the Go modules of the control plane" });
  const onLine = (line: string) => {
    if (line === "stale") stale += 1;
    if (!line.startsWith("go: downloading ")) return;
    modules += 1;
    onProgress({ message: `downloading Go modules: ${modules} so far` });
  };
  await go(["list", "-deps", ...flags, "-f", "{{if .Stale}}stale{{end}}", ...packages], onLine);
  return stale;
}

async function go(args: readonly string[], onLine: (line: string) => void): Promise<void> {
  // People's own Go settings must not change what is built. GOGC trades memory for time.
  const env = { ...process.env, GOFLAGS: "", GOWORK: "off", GOOS: "", GOARCH: "", GOGC: "400" };
  const child = spawnGuarded("go", ["-C", moduleFolder, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  const tail: string[] = [];
  const [command] = args;
  const code = await exitOf(child, (line) => {
    onLine(line);
    tail.push(line);
    if (tail.length > 20) tail.shift();
  });
  if (code !== 0) throw new Error(`\`go ${command}\` for the control plane failed:\n${tail.join("\n")}`);
}

function exitOf(child: ChildProcess, onLine: (line: string) => void): Promise<number | null> {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", onLine);
  }
  return new Promise((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? new Error(noGo, { cause: error }) : error));
  });
}

const noGo = `The Kubernetes control plane is not on this machine, could not be downloaded (dl.k8s.io, github.com), and there is no Go to build it with. \
Do one of these: install Go 1.26 or newer (https://go.dev/dl); or allow those downloads; or set KUBEBUILDER_ASSETS to a folder that holds \
etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok; or use a cluster of your own with \`npm start -- --kubeconfig FILE\``;
