import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newSshKey } from "../../infra/local/git-host/ssh-server.ts";
import { createGit } from "../../shared/adapters/git/git.ts";
import { gitOverSsh } from "./git-over-ssh.ts";
import { type GitRepositories, gitRepositories } from "./git-repositories.ts";

describe("a Git host over SSH that is strange, old or false", () => {
  let repositories: GitRepositories;
  let host: Awaited<ReturnType<typeof gitOverSsh>>;
  let folder: string;
  let sha: string;

  beforeAll(async () => {
    repositories = await gitRepositories();
    folder = await mkdtemp(join(tmpdir(), "git-cache-"));
    host = await gitOverSsh(repositories);
    await repositories.create("app");
    sha = await repositories.commit("app", { "web.yaml": "replicas: 5\n" });
  });
  afterEach(() => {
    host.state.protocol = true;
    host.state.answers.clear();
    host.state.commands.length = 0;
  });
  afterAll(async () => {
    await Promise.all([host.stop(), repositories.remove(), rm(folder, { recursive: true, force: true })]);
  });

  const url = () => `${host.url}/app.git`;
  const refsWith = (credentials: Partial<typeof host.credentials>) =>
    createGit({ folder }).listRefs({ url: url(), credentials: { ...host.credentials, ...credentials } });
  const line = (names: string, key = host.hostKey) => `${names} ${key}\n`;
  const place = () => `[127.0.0.1]:${host.port}`;
  const otherKey = newSshKey("other").publicKey.split(" ").slice(0, 2).join(" ");

  it("that knows only the old protocol is read all the same", async () => {
    host.state.protocol = false;
    const git = createGit({ folder });
    const access = { url: url(), credentials: host.credentials };
    expect((await git.listRefs(access)).refs.get("refs/heads/main")).toBe(sha);
    expect(Buffer.from((await git.snapshot(access, { sha })).read("web.yaml")).toString()).toBe("replicas: 5\n");
  });

  it("is trusted when its key is known, also by a hashed name or among others", async () => {
    const salt = Buffer.from("0123456789abcdef0123");
    const hashed = `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(place()).digest("base64")}`;
    for (const known of [
      line(place()),
      line(hashed),
      line(`example.com,${place()}`),
      `# note\n\n${line("example.com", otherKey)}${line(place(), otherKey)}${line(place())}`,
    ]) {
      expect((await refsWith({ knownHosts: known })).refs.size).toBeGreaterThan(0);
    }
  });

  it.each([
    ["has no known key", () => "", "not known"],
    ["is known by another port only", () => line("127.0.0.1"), "not known"],
    ["is known by an authority only", () => `@cert-authority ${line(place())}`, "not known"],
    ["shows a revoked key", () => `@revoked ${line(place())}`, "not known"],
    ["shows another key than the known one", () => line(place(), otherKey), "another host key"],
    ["shows a key that is revoked and known", () => `${line(place())}@revoked ${line(place())}`, "another host key"],
  ])("is not trusted when it %s, and nothing is tried again", async (_why, knownHosts, message) => {
    await expect(refsWith({ knownHosts: knownHosts() })).rejects.toMatchObject({
      code: "RepositoryForbidden",
      retry: false,
      message: expect.stringContaining(message),
    });
    expect(host.state.commands).toEqual([]);
  });

  it("that refuses the key says so", async () => {
    const error = refsWith({ privateKey: newSshKey("stranger").privateKey });
    await expect(error).rejects.toMatchObject({ code: "RepositoryForbidden", message: expect.stringContaining("refuses the SSH key") });
  });

  it("cannot be asked with something that is no key, and the key is not shown (S-03)", async () => {
    const error = await refsWith({ privateKey: "s3cr3t-nonsense" }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "RepositoryForbidden", message: expect.stringContaining("private key") });
    expect(JSON.stringify(error) + String(error)).not.toContain("s3cr3t");
    await expect(createGit({ folder }).listRefs({ url: url() })).rejects.toMatchObject({
      message: expect.stringContaining("wants an SSH key"),
    });
  });

  it("is asked for a path with quotes in it, and runs nothing else", async () => {
    const git = createGit({ folder });
    const evil = `${host.url}/a'; touch x; '.git`;
    await expect(git.listRefs({ url: evil, credentials: host.credentials })).rejects.toMatchObject({ code: "RepositoryForbidden" });
    expect(host.state.commands).toEqual([String.raw`git-upload-pack '/a'\''; touch x; '\''.git'`]);
  });

  it("that says something else than Git is found out", async () => {
    host.state.answers.set("git-upload-pack", "Welcome to the bastion!\n");
    await expect(refsWith({})).rejects.toMatchObject({
      code: "RepositoryUnreachable",
      message: expect.stringContaining("not Git's protocol"),
    });
  });

  it("that is away is tried again (F-23)", async () => {
    const away = await gitOverSsh(repositories);
    await away.stop();
    const asked = createGit({ folder }).listRefs({ url: `${away.url}/app.git`, credentials: away.credentials });
    await expect(asked).rejects.toMatchObject({
      code: "RepositoryUnreachable",
      retry: true,
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });
});
