import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { listenOnLoopback } from "../../infra/local/stand-ins/child.ts";
import { createGit } from "../../shared/adapters/git/git.ts";
import { gitOverHttp, httpLogin } from "./git-over-http.ts";
import { type GitRepositories, gitRepositories } from "./git-repositories.ts";

describe("a Git host over HTTP that is busy, broken, old or hostile", () => {
  let repositories: GitRepositories;
  let host: Awaited<ReturnType<typeof gitOverHttp>>;
  let elsewhere: Server;
  let elsewhereUrl: string;
  let folder: string;
  let forgotten: string;
  let sha: string;
  const elsewhereSaw: string[] = [];

  beforeAll(async () => {
    repositories = await gitRepositories();
    folder = await mkdtemp(join(tmpdir(), "git-cache-"));
    host = await gitOverHttp(repositories);
    await repositories.create("app");
    forgotten = await repositories.commit("app", { "web.yaml": "replicas: 3\n" }, { branch: "gone" });
    await repositories.git("app", "update-ref", "-d", "refs/heads/gone");
    sha = await repositories.commit("app", { "web.yaml": "replicas: 5\n" });
    elsewhere = createServer((request, response) => {
      elsewhereSaw.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(404).end();
    });
    elsewhereUrl = await listenOnLoopback(elsewhere);
  });
  afterEach(() => {
    host.state.intercept = () => false;
    host.state.protocol = "2";
    host.seen.length = 0;
    elsewhereSaw.length = 0;
  });
  afterAll(async () => {
    elsewhere.close().closeAllConnections();
    await host.stop();
    await repositories.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const access = () => ({ url: `${host.url}/app.git`, credentials: httpLogin });
  const git = (options = {}) => createGit({ folder, ...options });
  const answering = (status: number, headers: Record<string, string> = {}, body = "") => {
    host.state.intercept = (_request, response) => {
      response.writeHead(status, headers).end(body);
      return true;
    };
  };

  it("that knows only the old protocol is read all the same", async () => {
    host.state.protocol = "0";
    const { head, refs } = await git().listRefs(access());
    expect([head, refs.get("refs/heads/main"), refs.get("HEAD")]).toEqual(["refs/heads/main", sha, sha]);
    const snapshot = await git().snapshot(access(), { sha });
    expect(Buffer.from(snapshot.read("web.yaml")).toString()).toBe("replicas: 5\n");
  });

  it("that knows only the old protocol does not give what no branch reaches, and that is told; others do", async () => {
    host.state.protocol = "0";
    await expect(git().snapshot(access(), { sha: forgotten })).rejects.toMatchObject({ code: "RevisionMissing", subject: forgotten });
    host.state.protocol = "2";
    expect((await git().snapshot(access(), { sha: forgotten })).commit.sha).toBe(forgotten);
  });

  it("is asked once for a commit, however many want it at the same time and later", async () => {
    const one = git();
    await Promise.all(Array.from({ length: 10 }, () => one.snapshot(access(), { sha })));
    await one.snapshot(access(), { sha });
    expect(host.seen).toEqual(["GET /app.git/info/refs?service=git-upload-pack", "POST /app.git/git-upload-pack"]);
  });

  it("is greeted once: what follows takes one request each", async () => {
    const one = git();
    await one.listRefs(access());
    await one.listRefs(access());
    await one.snapshot(access(), { sha });
    expect(host.seen.map((line) => line.slice(0, 4))).toEqual(["GET ", "POST", "POST", "POST"]);
  });

  it("is greeted again when it has moved since", async () => {
    const one = git();
    await one.listRefs({ ...access(), url: `${host.url}/old.git` }).catch(() => undefined);
    await repositories.create("old");
    await repositories.commit("old", { a: "1" });
    const old = { ...access(), url: `${host.url}/old.git` };
    expect((await one.listRefs(old)).refs.size).toBe(2);
    host.state.intercept = (request, response) => {
      if (request.url?.startsWith("/old.git") !== true) return false;
      response.writeHead(301, { location: request.url.replace("/old.git", "/app.git") }).end();
      return true;
    };
    expect((await one.listRefs(old)).refs.get("refs/heads/main")).toBe(sha);
  });

  it("that forgot protocol 2 since is found out, and tried again", async () => {
    const one = git();
    await one.listRefs(access());
    host.state.protocol = "0";
    await expect(one.listRefs(access())).rejects.toMatchObject({ code: "RepositoryUnreachable", retry: true });
    expect((await one.listRefs(access())).refs.get("refs/heads/main")).toBe(sha);
  });

  it("sends only what is new when an older commit is here", async () => {
    await repositories.create("large");
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    const before = await repositories.commit("large", { noise, small: "1" });
    const after = await repositories.commit("large", { noise, small: "2" });
    const large = { ...access(), url: `${host.url}/large.git` };
    const one = git();
    await one.snapshot(large, { sha: before });
    host.state.sent = 0;
    const snapshot = await one.snapshot(large, { sha: after });
    expect([Buffer.from(snapshot.read("small")).toString(), snapshot.read("noise").length]).toEqual(["2", 60_000]);
    expect(host.state.sent).toBeLessThan(10_000);
  });

  it("that answers with too much is cut off, and the limit is named", async () => {
    await repositories.create("huge");
    const noise = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at * 31) % 256));
    const huge = await repositories.commit("huge", {
      noise: Buffer.concat([noise, Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)))]),
    });
    const asked = git({ repositoryBytes: 20_000 }).snapshot({ ...access(), url: `${host.url}/huge.git` }, { sha: huge });
    await expect(asked).rejects.toMatchObject({
      code: "LimitExceeded",
      retry: false,
      message: expect.stringContaining("limits.repositoryBytes"),
    });
  });

  it("whose answer breaks off leaves nothing behind, and is tried again", async () => {
    const one = git();
    host.state.intercept = (request, response) => {
      if (request.method !== "POST") return false;
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
      response.write("000dpackfile\n0024\u0001PACK\u0000\u0000\u0000\u0002\u0000\u0000\u0000\u0003");
      setTimeout(() => response.destroy(), 20);
      return true;
    };
    await expect(one.snapshot(access(), { sha })).rejects.toMatchObject({ code: "RepositoryUnreachable", retry: true });
    host.state.intercept = () => false;
    expect((await one.snapshot(access(), { sha })).entry("web.yaml")?.kind).toBe("file");
  });

  it("that sends a damaged pack is found out", async () => {
    host.state.intercept = (request, response) => {
      if (request.method !== "POST") return false;
      const pack = `\u0001PACK${"\u0000".repeat(40)}`;
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
      response.end(`000dpackfile\n${(pack.length + 4).toString(16).padStart(4, "0")}${pack}0000`);
      return true;
    };
    await expect(git().snapshot(access(), { sha })).rejects.toMatchObject({ code: "RepositoryUnreachable" });
  });

  it("that never answers is given up after a time", async () => {
    host.state.intercept = () => true;
    await expect(git({ seconds: 0.2 }).listRefs(access())).rejects.toMatchObject({
      code: "RepositoryUnreachable",
      message: expect.stringContaining("0.2 s"),
    });
  });

  it.each([
    [401, {}, "RepositoryForbidden", undefined],
    [403, {}, "RepositoryForbidden", undefined],
    [403, { "retry-after": "30" }, "RepositoryUnreachable", 30],
    [404, {}, "RepositoryForbidden", undefined],
    [429, { "retry-after": "5" }, "RepositoryUnreachable", 5],
    [429, {}, "RepositoryUnreachable", 60],
    [429, { "ratelimit-remaining": "0", "ratelimit-reset": "40" }, "RepositoryUnreachable", 40],
    [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "17" }, "RepositoryUnreachable", 17],
    [403, { "x-ratelimit-remaining": "4999", "x-ratelimit-reset": "17" }, "RepositoryForbidden", undefined],
    [500, {}, "RepositoryUnreachable", undefined],
    [503, {}, "RepositoryUnreachable", undefined],
  ])("that answers %i %j means %s (F-23)", async (status, headers, code, retryAfter) => {
    answering(status, headers);
    await expect(git().listRefs(access())).rejects.toMatchObject({ code, retryAfter });
  });

  it("that is none says so", async () => {
    answering(200, { "content-type": "text/html" }, "<html>");
    await expect(git().listRefs(access())).rejects.toMatchObject({
      code: "SourceInvalid",
      message: expect.stringContaining("check the URL"),
    });
  });

  it("may move a repository on its own ground", async () => {
    host.state.intercept = (request, response) => {
      if (request.url?.startsWith("/old.git") !== true) return false;
      response.writeHead(301, { location: request.url.replace("/old.git", "/app.git") }).end();
      return true;
    };
    expect((await git().snapshot({ ...access(), url: `${host.url}/old.git` }, { sha })).commit.sha).toBe(sha);
  });

  it("must not send us, with credentials or without, to another host (G-13)", async () => {
    host.state.intercept = (request, response) => {
      response.writeHead(302, { location: `${elsewhereUrl}${request.url}` }).end();
      return true;
    };
    await expect(git().listRefs(access())).rejects.toMatchObject({ code: "SourceInvalid", message: expect.stringContaining("redirects") });
    await expect(git().listRefs({ url: access().url })).rejects.toMatchObject({ code: "SourceInvalid" });
    expect(elsewhereSaw).toEqual([]);
  });

  it("never has its password shown, whatever goes wrong (S-03)", async () => {
    const wrong = { url: access().url, credentials: { ...httpLogin, password: "wr0ng-one" } };
    const error = await git()
      .listRefs(wrong)
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "RepositoryForbidden" });
    expect(JSON.stringify(error) + String(error) + String(error instanceof Error ? error.stack : "")).not.toMatch(/wr0ng-one|reader/);
  });

  it("does not give a repository from the cache to whoever may not read it (G-16)", async () => {
    const one = git();
    await one.snapshot(access(), { sha });
    await expect(one.snapshot({ url: access().url }, { sha })).rejects.toMatchObject({ code: "RepositoryForbidden" });
  });

  it("with an SSH key as credentials is a mistake that is named", async () => {
    const key = { kind: "ssh", privateKey: "x", knownHosts: "" } as const;
    await expect(git().listRefs({ url: access().url, credentials: key })).rejects.toMatchObject({
      message: expect.stringContaining("SSH key"),
    });
  });
});
