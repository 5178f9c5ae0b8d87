import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepLargeFile } from "../../infra/local/git-host/large-files.ts";
import { newSshKey } from "../../infra/local/git-host/ssh-server.ts";
import { type GitHost, startGitHost } from "../../infra/local/git-host/start.ts";
import { listenOnLoopback } from "../../infra/local/stand-ins/child.ts";
import { createGit } from "../../shared/adapters/git/git.ts";
import type { RepositoryAccess } from "../../shared/ports/git.ts";
import { gitOverSsh } from "./git-over-ssh.ts";
import { type GitRepositories, gitRepositories, type TreeFiles } from "./git-repositories.ts";

const login = { kind: "basic", username: "reader", password: "s3cr3t-passw0rd" } as const;
const key = newSshKey("reader");
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
let folder: string;
let host: GitHost;
let repositories: GitRepositories;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "git-host-"));
  host = await startGitHost({ folder, credentials: { ...login, publicKeys: [key.publicKey] } });
  repositories = await gitRepositories(join(folder, "repositories"));
});
afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true, force: true });
});

const git = (options = {}) => createGit({ folder: join(folder, "cache"), ...options });
const access = (name: string): RepositoryAccess => ({ url: host.httpUrl(name), credentials: login });
const commit = async (name: string, files: TreeFiles) => {
  await host.createRepository(name);
  return await repositories.commit(name, files);
};
const modules = (...rows: readonly (readonly [path: string, url: string])[]) =>
  rows.map(([path, url]) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`).join("");

describe("submodules", () => {
  it("stand at their paths, pinned, by relative and whole URLs, and within each other", async () => {
    const inner = await commit("libs/inner", { "values.yaml": "inner: 1\n" });
    const outer = await commit("libs/outer", {
      "Chart.yaml": "name: outer\n",
      ".gitmodules": modules(["deep/inner", "../inner.git"]),
      "deep/inner": { pinned: inner },
    });
    await commit("libs/outer", { "Chart.yaml": "name: newer\n" });
    const sha = await commit("shop/app", {
      ".gitmodules": modules(["libs/outer", "../../libs/outer.git"], ["other", host.httpUrl("libs/inner")]),
      "libs/outer": { pinned: outer },
      other: { pinned: inner },
      link: { target: "libs/outer/deep/inner" },
    });
    const snapshot = await git().snapshot(access("shop/app"), { sha });
    expect(text(snapshot.read("libs/outer/Chart.yaml"))).toBe("name: outer\n");
    expect(text(snapshot.read("libs/outer/deep/inner/values.yaml"))).toBe("inner: 1\n");
    expect([snapshot.real("link/values.yaml"), text(snapshot.read("link/values.yaml"))]).toEqual([
      "libs/outer/deep/inner/values.yaml",
      "inner: 1\n",
    ]);
    expect(snapshot.list("libs/outer").map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      "libs/outer/.gitmodules file",
      "libs/outer/Chart.yaml file",
      "libs/outer/deep directory",
    ]);
    expect(snapshot.entry("libs/outer")).toEqual({ path: "libs/outer", kind: "directory", id: outer });
    expect(snapshot.entry("other")?.id).toBe(inner);
  });

  it("that cannot be had fail whoever reads them, and nobody else", async () => {
    const sha = await commit("partly", {
      ".gitmodules": modules(
        ["gone", "../absent.git"],
        ["evil", "ext::sh -c touch% /tmp/x"],
        ["option", "ssh://-oProxyCommand=x/y"],
        ["file", "file:///etc"],
      ),
      ...Object.fromEntries(["gone", "evil", "option", "file"].map((path) => [path, { pinned: "1".repeat(40) }])),
      "apps/web.yaml": "kind: Service\n",
    });
    const snapshot = await git().snapshot(access("partly"), { sha });
    expect(text(snapshot.read("apps/web.yaml"))).toBe("kind: Service\n");
    expect(snapshot.list("").map(({ path }) => path)).toEqual([".gitmodules", "apps", "evil", "file", "gone", "option"]);
    expect(() => snapshot.read("gone/x")).toThrow(expect.objectContaining({ code: "RepositoryForbidden", subject: "gone" }));
    for (const path of ["evil", "option", "file"])
      expect(() => snapshot.list(path), `${path} (G-13)`).toThrow(expect.objectContaining({ code: "SourceInvalid", subject: path }));
  });

  it("are looked up by the caller where they are elsewhere, and never get our credentials there (G-13)", async () => {
    const saw: (string | undefined)[] = [];
    const stranger = createServer((request: IncomingMessage, response: ServerResponse) => {
      saw.push(request.headers.authorization);
      response.writeHead(401).end();
    });
    const url = `${await listenOnLoopback(stranger)}/inner.git`;
    const inner = await commit("mirrored", { a: "1" });
    const sha = await commit("elsewhere", { ".gitmodules": modules(["sub", url]), sub: { pinned: inner } });
    try {
      const without = await git().snapshot(access("elsewhere"), { sha });
      expect(() => without.read("sub/a")).toThrow(expect.objectContaining({ code: "RepositoryForbidden" }));
      expect(saw).toEqual([undefined]);
      const accessTo = async (wanted: string) => (wanted === url ? access("mirrored") : { url: wanted });
      expect(text((await git().snapshot({ ...access("elsewhere"), accessTo }, { sha })).read("sub/a"))).toBe("1");
    } finally {
      stranger.close();
    }
  });

  it("that hold themselves end, and too many are refused", async () => {
    const rows = Array.from({ length: 70 }, (_, at) => [`sub${at}`, "../many.git"] as const);
    const sha = await commit("many", { ".gitmodules": modules(...rows), a: "1" });
    await expect(git().snapshot(access("many"), { sha })).rejects.toMatchObject({
      code: "LimitExceeded",
      message: expect.stringContaining("64"),
    });
  });

  it("that nobody declares are empty folders", async () => {
    const sha = await commit("undeclared", { sub: { pinned: "1".repeat(40) }, a: "1" });
    const snapshot = await git().snapshot(access("undeclared"), { sha });
    expect([snapshot.entry("sub")?.kind, snapshot.list("sub"), snapshot.entry("sub/x")]).toEqual(["directory", [], undefined]);
  });
});

describe("LFS files", () => {
  const content = Buffer.from("a large dashboard\n".repeat(100));

  it("are downloaded before they are read, through symlinks too, and once", async () => {
    const pointer = await keepLargeFile(folder, content);
    const sha = await commit("lfs", { "files/dashboard.json": pointer, link: { target: "files/dashboard.json" }, plain: "text\n" });
    const one = git();
    const snapshot = await one.snapshot(access("lfs"), { sha });
    await snapshot.prepare(["link", "plain"]);
    expect([text(snapshot.read("files/dashboard.json")), text(snapshot.read("plain"))]).toEqual([content.toString(), "text\n"]);
    expect(text((await one.snapshot(access("lfs"), { sha })).read("link"))).toBe(content.toString());
  });

  it("that were not prepared are refused, never read as their pointers", async () => {
    const sha = await commit("lfs-unprepared", { "Chart.yaml": await keepLargeFile(folder, content) });
    const snapshot = await git().snapshot(access("lfs-unprepared"), { sha });
    expect(() => snapshot.read("Chart.yaml")).toThrow(
      expect.objectContaining({ code: "SourceInvalid", message: expect.stringContaining("Git LFS") }),
    );
  });

  it("that nobody pushed are named", async () => {
    const sha = await commit("lfs-lost", { big: `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12\n` });
    const snapshot = await git().snapshot(access("lfs-lost"), { sha });
    await expect(snapshot.prepare(["big"])).rejects.toMatchObject({ code: "SourceInvalid", subject: "big" });
  });

  it("larger than the limit are refused before they are downloaded", async () => {
    const sha = await commit("lfs-huge", {
      big: `version https://git-lfs.github.com/spec/v1\noid sha256:${"b".repeat(64)}\nsize 99999999\n`,
    });
    const snapshot = await git({ repositoryBytes: 1024 * 1024 }).snapshot(access("lfs-huge"), { sha });
    await expect(snapshot.prepare(["big"])).rejects.toMatchObject({ code: "LimitExceeded" });
  });

  it("of a repository over SSH come from where its host says, and are checked", async () => {
    const oid = createHash("sha256").update(content).digest("hex");
    const state = { content, saw: [] as string[] };
    const storage = createServer((request, response) => {
      state.saw.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      if (request.method === "GET") return void response.end(state.content);
      const object = { oid, size: content.length, actions: { download: { href: "/content", header: { authorization: "once" } } } };
      request
        .resume()
        .once("end", () => response.setHeader("content-type", "application/vnd.git-lfs+json").end(JSON.stringify({ objects: [object] })));
    });
    const place = await listenOnLoopback(storage);
    const ssh = await gitOverSsh(repositories);
    const sha = await commit("lfs-ssh", { big: `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n` });
    ssh.state.answers.set("git-lfs-authenticate", JSON.stringify({ href: `${place}/lfs`, header: { authorization: "RemoteAuth token" } }));
    const snapshot = () => git().snapshot({ url: `${ssh.url}/lfs-ssh.git`, credentials: ssh.credentials }, { sha });
    try {
      state.content = Buffer.alloc(content.length);
      await expect((await snapshot()).prepare(["big"])).rejects.toMatchObject({
        code: "SourceInvalid",
        message: expect.stringContaining("another content"),
      });
      state.content = content;
      const good = await snapshot();
      await good.prepare(["big"]);
      expect(text(good.read("big"))).toBe(content.toString());
      expect(state.saw.slice(-2)).toEqual(["POST /lfs/objects/batch RemoteAuth token", "GET /content once"]);
    } finally {
      await ssh.stop();
      storage.close();
    }
  });
});

describe("the cache", () => {
  it("of a process that ended is removed by the next one", async () => {
    const cache = join(folder, "old-cache");
    const first = createGit({ folder: cache });
    const sha = await commit("cached", { a: "1" });
    await first.snapshot(access("cached"), { sha });
    const [own = ""] = await readdir(cache);
    const dead = own.replace(/^\d+/, "4194304");
    await mkdir(join(cache, dead, "x"), { recursive: true });
    createGit({ folder: cache });
    expect(await readdir(cache)).toEqual([own]);
  });

  it("forgets what was not read for longest when it is full, and a snapshot in use stays readable", async () => {
    const cache = join(folder, "small-cache");
    const one = createGit({ folder: cache, cacheBytes: 1 });
    const sha = await commit("evicted", { a: "1", "b/c": "2" });
    const snapshot = await one.snapshot(access("evicted"), { sha });
    const now = Date.now;
    try {
      Date.now = () => now() + 10 * 60_000;
      await one.snapshot(access("cached"), { sha: await commit("cached", { a: "2" }) });
    } finally {
      Date.now = now;
    }
    const [own = ""] = await readdir(cache);
    expect(await readdir(join(cache, own))).toHaveLength(1);
    expect([text(snapshot.read("a")), text(snapshot.read("b/c"))]).toEqual(["1", "2"]);
  });
});
