import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSshKey } from "../../infra/local/git-host/ssh-server.ts";
import { type GitHost, startGitHost } from "../../infra/local/git-host/start.ts";
import { createGit } from "../../shared/adapters/git/git.ts";
import type { Git, RepositoryAccess } from "../../shared/ports/git.ts";
import { memoryGit } from "../fakes/memory-git.ts";
import type { Tree } from "../fakes/memory-snapshot.ts";
import { freeGate } from "../simulation/free.ts";
import { gatedGit } from "../simulation/ports/others.ts";
import { type GitRepositories, gitRepositories } from "./git-repositories.ts";

interface Host {
  readonly git: Git;
  access(name: string): RepositoryAccess;
  commit(name: string, tree: Tree, branch?: string): Promise<string>;
  /** An annotated tag. */
  tag(name: string, tag: string, sha: string): Promise<void>;
  ref(name: string, ref: string, sha: string): Promise<void>;
}

const login = { kind: "basic", username: "reader", password: "s3cr3t-passw0rd" } as const;
const key = newSshKey("reader");
let repositories: GitRepositories;
let folder: string;
let server: GitHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "git-host-"));
  server = await startGitHost({ folder, credentials: { ...login, publicKeys: [key.publicKey] } });
  repositories = await gitRepositories(join(folder, "repositories"));
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const inMemory = (gated: (git: Git) => Git = (git) => git): Host => {
  const memory = memoryGit();
  const url = (name: string) => `https://memory/${name}`;
  return {
    git: gated(memory.git),
    access: (name) => ({ url: url(name) }),
    commit: async (name, tree, branch) => memory.commit(url(name), tree, branch),
    tag: async (name, tag, sha) => memory.point(url(name), `refs/tags/${tag}`, sha),
    ref: async (name, ref, sha) => memory.point(url(name), ref, sha),
  };
};

const real = (prefix: string, access: (name: string) => RepositoryAccess): Host => {
  const created = new Map<string, Promise<void>>();
  return {
    git: createGit({ folder: join(folder, "cache") }),
    access: (name) => access(`${prefix}${name}`),
    async commit(name, tree, branch = "main") {
      if (!created.has(name)) created.set(name, server.createRepository(prefix + name));
      await created.get(name);
      return await repositories.commit(prefix + name, tree, { branch });
    },
    tag: async (name, tag, sha) => void (await repositories.git(prefix + name, "tag", "-a", "-m", "release", tag, sha)),
    ref: async (name, ref, sha) => void (await repositories.git(prefix + name, "update-ref", ref, sha)),
  };
};

const hosts: Readonly<Record<string, () => Host>> = {
  "in memory": () => inMemory(),
  simulated: () => inMemory((git) => gatedGit(git, freeGate().call)),
  "over HTTP with a password": () => real("http/", (name) => ({ url: server.httpUrl(name), credentials: login })),
  "over SSH": () =>
    real("ssh/", (name) => ({
      url: server.sshUrl(name),
      credentials: { kind: "ssh", privateKey: key.privateKey, knownHosts: server.knownHosts },
    })),
};

describe.each(Object.entries(hosts))("a Git host %s", (_name, make) => {
  let host: Host;
  beforeAll(() => {
    host = make();
  });

  const take = async (name: string, tree: Tree) => {
    const sha = await host.commit(name, tree);
    return await host.git.snapshot(host.access(name), { sha });
  };
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

  it("lists branches and tags with the commits they stand for, and where HEAD points", async () => {
    const first = await host.commit("refs", { a: "1" });
    const second = await host.commit("refs", { a: "2" }, "release/1.x");
    await host.tag("refs", "v1.0.0", first);
    const { head, refs } = await host.git.listRefs(host.access("refs"));
    expect(head).toBe("refs/heads/main");
    expect(Object.fromEntries(refs)).toEqual({
      HEAD: first,
      "refs/heads/main": first,
      "refs/heads/release/1.x": second,
      "refs/tags/v1.0.0": first,
    });
  });

  it("lists other refs when they are asked for", async () => {
    const sha = await host.commit("pulls", { a: "1" });
    await host.ref("pulls", "refs/pull/7/head", sha);
    expect((await host.git.listRefs(host.access("pulls"))).refs.has("refs/pull/7/head")).toBe(false);
    expect((await host.git.listRefs(host.access("pulls"), ["refs/pull/"])).refs.get("refs/pull/7/head")).toBe(sha);
  });

  it("gives a commit's files, those of a tip and those of an older commit", async () => {
    const older = await host.commit("history", { "apps/web.yaml": "replicas: 3\n" });
    const newer = await host.commit("history", { "apps/web.yaml": "replicas: 5\n", run: { script: "#!/bin/sh\n" } });
    const tip = await host.git.snapshot(host.access("history"), { sha: newer, ref: "refs/heads/main" });
    const before = await host.git.snapshot(host.access("history"), { sha: older });
    expect([text(tip.read("apps/web.yaml")), text(before.read("apps/web.yaml"))]).toEqual(["replicas: 5\n", "replicas: 3\n"]);
    expect(tip.list("").map(({ path, kind }) => [path, kind])).toEqual([
      ["apps", "directory"],
      ["run", "executable"],
    ]);
    expect(tip.entry("apps/web.yaml")?.kind).toBe("file");
    expect(tip.commit.sha).toBe(newer);
  });

  it("names equal directories by equal ids, and others by others", async () => {
    const snapshot = await take("ids", { "one/a/x": "1", "two/a/x": "1", "three/a/x": "2" });
    const id = (path: string) => snapshot.entry(path)?.id;
    expect(id("one")).toBe(id("two"));
    expect(id("one")).not.toBe(id("three"));
    expect(id("one/a/x")).toBe(id("two/a/x"));
  });

  it("has nothing where nothing stands", async () => {
    const snapshot = await take("nothing", { "a/b": "1" });
    expect([snapshot.entry("a/c"), snapshot.entry("a/b/c"), snapshot.real("x/y"), snapshot.entry("../a"), snapshot.entry(".git")]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(snapshot.list("x")).toEqual([]);
    expect(() => snapshot.read("a/c")).toThrow(expect.objectContaining({ code: "PathMissing", subject: "a/c" }));
  });

  it("follows symlinks inside the tree: to a file, to a directory, through a chain (G-02)", async () => {
    const snapshot = await take("symlinks", {
      "base/web.yaml": "kind: Service\n",
      "apps/link.yaml": { target: "../base/web.yaml" },
      "apps/base": { target: "../base/" },
      again: { target: "./apps/base" },
    });
    expect(snapshot.entry("apps/link.yaml")).toMatchObject({ kind: "symlink", target: "../base/web.yaml" });
    expect(snapshot.entry("again/web.yaml")).toMatchObject({ path: "again/web.yaml", kind: "file" });
    expect(snapshot.list("again").map(({ path }) => path)).toEqual(["again/web.yaml"]);
    expect([snapshot.real("apps/link.yaml"), snapshot.real("again"), snapshot.real("again/web.yaml")]).toEqual([
      "base/web.yaml",
      "base",
      "base/web.yaml",
    ]);
    expect(text(snapshot.read("again/web.yaml"))).toBe("kind: Service\n");
  });

  it.each([
    ["leaves the tree", "../../etc/passwd"],
    ["is absolute", "/proc/self/environ"],
    ["points to itself", "bad"],
  ])("refuses a symlink that %s, by name (G-02)", async (_why, target) => {
    const snapshot = await take("bad-symlinks", { "apps/bad": { target }, "apps/good": "1" });
    const refusal = expect.objectContaining({ code: "SourceInvalid", message: expect.stringContaining("apps/bad") });
    expect(() => snapshot.read("apps/bad")).toThrow(refusal);
    expect(() => snapshot.real("apps/bad/deeper")).toThrow(refusal);
    expect(text(snapshot.read("apps/good"))).toBe("1");
  });

  it("says that a commit is missing", async () => {
    await host.commit("missing", { a: "1" });
    const asked = host.git.snapshot(host.access("missing"), { sha: "0123456789abcdef0123456789abcdef01234567" });
    await expect(asked).rejects.toMatchObject({ code: "RevisionMissing", retry: false });
  });

  it("says that a repository is not there, or not for us", async () => {
    await expect(host.git.listRefs(host.access("absent"))).rejects.toMatchObject({ code: "RepositoryForbidden", retry: false });
  });
});
