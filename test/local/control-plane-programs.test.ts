import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { controlPlanePrograms, programsFolder } from "../../infra/local/control-plane/binaries.ts";
import { build } from "../../infra/local/control-plane/build.ts";
import { download } from "../../infra/local/control-plane/download.ts";
import { type Published, programNames } from "../../infra/local/control-plane/programs.ts";

let folder: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-programs-"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  vi.stubEnv("KUBEBUILDER_ASSETS", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function programsIn(place: string, names: readonly string[]) {
  await mkdir(place, { recursive: true });
  for (const name of names) await writeFile(join(place, name), "#!/bin/sh\necho Kubernetes v1.35.2\n", { mode: 0o755 });
}

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A publisher on loopback: what it has by path. */
async function publisher(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    if (file === undefined) response.writeHead(404);
    response.end(file);
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const quietly = () => {};
const kwokAt = (origin: string, checksum: Published["checksum"]): Published => ({ url: `${origin}/kwok`, checksum });

describe("finding the control plane's programs", () => {
  it("prefers KUBEBUILDER_ASSETS and takes the rest from the cache", async () => {
    const assets = join(folder, "assets");
    await programsIn(assets, ["etcd", "kube-apiserver", "kubectl"]);
    await programsIn(programsFolder(), programNames);
    vi.stubEnv("KUBEBUILDER_ASSETS", assets);
    const told: string[] = [];
    expect(await controlPlanePrograms(({ message }) => told.push(message))).toEqual({
      etcd: join(assets, "etcd"),
      "kube-apiserver": join(assets, "kube-apiserver"),
      "kube-controller-manager": join(programsFolder(), "kube-controller-manager"),
      "kube-scheduler": join(programsFolder(), "kube-scheduler"),
      kwok: join(programsFolder(), "kwok"),
    });
    expect(told).toEqual(["KUBEBUILDER_ASSETS holds an API server of Kubernetes v1.35.2; the tests expect 1.36.3"]);
  });

  it("says what to do when there is no Go to build them with", async () => {
    vi.stubEnv("PATH", folder);
    await expect(build(["kwok"], folder, quietly)).rejects.toThrow(/install Go 1\.26 or newer.*KUBEBUILDER_ASSETS.*--kubeconfig FILE/);
    expect(await readdir(folder)).toEqual([]);
  });

  it("shows what Go said when a build fails, and leaves no half program", async () => {
    await writeFile(join(folder, "go"), "#!/bin/sh\necho 'disk full' >&2\nexit 1\n");
    await chmod(join(folder, "go"), 0o755);
    vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
    await expect(build(["kwok"], join(folder, "out"), quietly)).rejects.toThrow(/failed:\ndisk full/);
    expect(await readdir(folder)).toEqual(["go"]);
  });
});

describe("downloading the control plane's programs", () => {
  it.each<[string, (origin: string) => Published["checksum"], string]>([
    ["a file of its own", (origin) => ({ kind: "file", url: `${origin}/sum` }), `${sha256("program")}\n`],
    [
      "a list of sums",
      (origin) => ({ kind: "list", url: `${origin}/sum`, name: "kwok" }),
      `${"0".repeat(64)}  other\n${sha256("program")}  kwok\n`,
    ],
    [
      "GitHub's description of the release",
      (origin) => ({ kind: "release", url: `${origin}/sum`, name: "kwok" }),
      JSON.stringify({ assets: [{ name: "kwok", digest: `sha256:${sha256("program")}` }] }),
    ],
  ])("checks them against %s", async (_, checksum, sum) => {
    const origin = await publisher({ "/kwok": "program", "/sum": sum });
    expect(await download(["kwok"], folder, quietly, () => kwokAt(origin, checksum(origin)))).toEqual([]);
    expect(await readFile(join(folder, "kwok"), "utf8")).toBe("program");
  });

  it("takes a program out of its archive", async () => {
    await programsIn(join(folder, "etcd-1"), ["etcd", "etcdctl"]);
    await create({ file: join(folder, "archive"), cwd: folder, gzip: true }, ["etcd-1"]);
    const archive = await readFile(join(folder, "archive"));
    const origin = await publisher({ "/etcd.tar.gz": archive, "/sum": sha256(archive) });
    const place: Published = { url: `${origin}/etcd.tar.gz`, inside: "etcd-1/etcd", checksum: { kind: "file", url: `${origin}/sum` } };
    await mkdir(join(folder, "out"));
    expect(await download(["etcd"], join(folder, "out"), quietly, () => place)).toEqual([]);
    expect(await readdir(join(folder, "out"))).toEqual(["etcd"]);
  });

  it.each([
    ["whose checksum is another", { "/kwok": "tampered", "/sum": sha256("program") }],
    ["whose checksum is not published", { "/kwok": "program" }],
    ["that is not published", { "/sum": sha256("program") }],
  ])("leaves out a program %s", async (_, files) => {
    const origin = await publisher(files);
    expect(await download(["kwok"], folder, quietly, () => kwokAt(origin, { kind: "file", url: `${origin}/sum` }))).toEqual(["kwok"]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves out everything at once where there is no network", async () => {
    const origin = await publisher({});
    await new Promise<void>((done) => server?.close(() => done()));
    const places = programNames.map((name) => name);
    expect(await download(places, folder, quietly, () => kwokAt(origin, { kind: "file", url: `${origin}/sum` }))).toEqual(places);
  });
});
