import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { git } from "../../infra/local/git-host/git.ts";
import { type Push, zeros } from "../../infra/local/git-host/pushes.ts";
import { newSshKey } from "../../infra/local/git-host/ssh-server.ts";
import { type GitHost, startGitHost } from "../../infra/local/git-host/start.ts";
import { deliverPush } from "../../infra/local/git-host/webhook.ts";
import { makeRepository, type TestRepository, withPassword } from "../support/git-repository.ts";

const password = { username: "ada", password: "p@ss/word" };
const key = newSshKey("grace");
const pushes: Push[] = [];
let folder: string;
let host: GitHost;
let repository: TestRepository;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-git-host-"));
  host = await startGitHost({ folder, credentials: { ...password, publicKeys: [key.publicKey] }, onPush: (push) => pushes.push(push) });
  repository = await makeRepository({ "app/web.yaml": "replicas: 3\n" });
});

afterAll(async () => {
  await host.stop();
  await repository.remove();
  await rm(folder, { recursive: true });
});

/** An empty repository on the host, and what was told of pushes to it. */
async function newRepository(name: string) {
  await host.createRepository(name);
  const url = withPassword(host.httpUrl(name), password);
  // The report follows the pusher's answer; the next request to the same repository waits for it.
  const told = () =>
    expect.poll(() => pushes.filter((push) => push.repository === name).map(({ ref, before, after }) => ({ ref, before, after })));
  return { url, told };
}

async function sshEnvironment(privateKey: string): Promise<Record<string, string>> {
  const keyFile = join(folder, "client-key");
  const knownHosts = join(folder, "known_hosts");
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  await writeFile(knownHosts, `${host.knownHosts}\n`);
  return {
    GIT_SSH_COMMAND: `ssh -F none -i ${keyFile} -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${knownHosts}`,
  };
}

describe("the local Git host over HTTP", () => {
  it("takes a push and gives a clone with the same commit", async () => {
    const { url } = await newRepository("shop/http");
    await repository.push(url);
    await git(folder, ["clone", "--quiet", url, "http-clone"]);
    expect(await readFile(join(folder, "http-clone", "app/web.yaml"), "utf8")).toBe("replicas: 3\n");
    expect(await git(join(folder, "http-clone"), ["rev-parse", "HEAD"])).toBe(await repository.git("rev-parse", "HEAD"));
  });

  it("refuses a wrong password, and nobody's", async () => {
    await newRepository("shop/closed");
    const wrong = withPassword(host.httpUrl("shop/closed"), { ...password, password: "guess" });
    await expect(git(folder, ["ls-remote", wrong])).rejects.toThrow(/Authentication failed/);
    await expect(repository.push(host.httpUrl("shop/closed"))).rejects.toThrow(/could not read Username/);
  });

  it("gives a commit that is no branch's tip when asked for its sha", async () => {
    const { url } = await newRepository("shop/any-sha");
    const old = (await repository.git("rev-parse", "HEAD")).trim();
    await repository.commit({ "app/web.yaml": "replicas: 4\n" });
    await repository.push(url);
    await git(folder, ["init", "--quiet", "any-sha"]);
    await git(join(folder, "any-sha"), ["fetch", "--quiet", "--depth=1", url, old]);
    expect((await git(join(folder, "any-sha"), ["rev-parse", "FETCH_HEAD"])).trim()).toBe(old);
  });

  it("knows nothing outside its repositories", async () => {
    await writeFile(join(folder, "repositories", "HEAD"), "secret");
    for (const path of [
      "/%2e%2e/x.git/HEAD",
      "/shop/..%2f..%2f.git/HEAD",
      "/.git/HEAD",
      "/missing.git/info/refs?service=git-upload-pack",
    ]) {
      const headers = { authorization: `Basic ${Buffer.from(`${password.username}:${password.password}`).toString("base64")}` };
      expect((await fetch(new URL(host.httpUrl("x")).origin + path, { headers })).status).toBe(404);
    }
    await expect(host.createRepository("../escape")).rejects.toThrow(/cannot be a repository's name/);
  });
});

describe("the local Git host over SSH", () => {
  it("takes a push and gives a clone to the holder of a known key", async () => {
    await newRepository("shop/ssh");
    const environment = await sshEnvironment(key.privateKey);
    await git(repository.folder, ["push", "--quiet", host.sshUrl("shop/ssh"), "main"], environment);
    await git(folder, ["clone", "--quiet", host.sshUrl("shop/ssh"), "ssh-clone"], environment);
    expect(await git(join(folder, "ssh-clone"), ["rev-parse", "HEAD"])).toBe(await repository.git("rev-parse", "HEAD"));
    await expect.poll(() => pushes.find((push) => push.repository === "shop/ssh")?.pusher).toBe("grace");
  });

  it("refuses an unknown key", async () => {
    const environment = await sshEnvironment(newSshKey("stranger").privateKey);
    await expect(git(folder, ["ls-remote", host.sshUrl("shop/ssh")], environment)).rejects.toThrow(/Permission denied/);
  });

  it("runs nothing but Git's two programs", async () => {
    const { GIT_SSH_COMMAND = "" } = await sshEnvironment(key.privateKey);
    const [program = "", ...options] = GIT_SSH_COMMAND.split(" ");
    const { port } = new URL(host.sshUrl("x"));
    const call = promisify(execFile)(program, [...options, "-p", port, "git@127.0.0.1", "git-upload-pack 'x.git'; id"]);
    await expect(call).rejects.toThrow(/exec request failed/);
  });
});

describe("the local Git host's large files", () => {
  it("gives the bytes behind a pointer to who is let in", async () => {
    const pointer = await host.keepLargeFile(Buffer.from("large"));
    const [, oid = ""] = /oid sha256:(\w+)/.exec(pointer) ?? [];
    const base = `${host.httpUrl("shop/http")}/info/lfs/objects`;
    const headers = { authorization: `Basic ${btoa(`${password.username}:${password.password}`)}` };
    const body = JSON.stringify({
      operation: "download",
      objects: [
        { oid, size: 5 },
        { oid: "0".repeat(64), size: 1 },
      ],
    });
    const answer = await (await fetch(`${base}/batch`, { method: "POST", headers, body })).json();
    expect(answer).toMatchObject({ objects: [{ oid, actions: { download: { href: `${base}/${oid}` } } }, { error: { code: 404 } }] });
    expect(await (await fetch(`${base}/${oid}`, { headers })).text()).toBe("large");
    expect((await fetch(`${base}/${oid}`)).status).toBe(401);
  });
});

describe("what the local Git host tells of a push", () => {
  it("names each ref that moved, from where to where", async () => {
    const { url, told } = await newRepository("shop/told");
    const first = (await repository.git("rev-parse", "HEAD")).trim();
    await repository.push(url);
    await told().toEqual([{ ref: "refs/heads/main", before: zeros, after: first }]);

    const second = await repository.commit({ "app/job.yaml": "kind: Job\n", "app/web.yaml": null }, "Replace the web app\n\nIt was slow.");
    await repository.push(url, "main", "main:refs/tags/v1");
    await repository.push(url, ":refs/tags/v1");
    await told().toEqual([
      { ref: "refs/heads/main", before: zeros, after: first },
      { ref: "refs/heads/main", before: first, after: second },
      { ref: "refs/tags/v1", before: zeros, after: second },
      { ref: "refs/tags/v1", before: second, after: zeros },
    ]);
    expect(pushes.find(({ after, ref }) => after === second && ref === "refs/heads/main")).toMatchObject({
      pusher: "ada",
      forced: false,
      commits: [
        {
          id: second,
          message: "Replace the web app\n\nIt was slow.",
          author: { name: "Robin Reef", email: "robin@example.com" },
          added: ["app/job.yaml"],
          removed: ["app/web.yaml"],
          modified: [],
        },
      ],
    });
  });

  it("says when history was rewritten", async () => {
    const { url, told } = await newRepository("shop/forced");
    await repository.push(url);
    const before = (await repository.git("rev-parse", "HEAD")).trim();
    const after = (await repository.git("commit-tree", "HEAD^{tree}", "-m", "Squashed")).trim();
    await repository.push(url, `+${after}:refs/heads/main`);
    await told().toContainEqual({ ref: "refs/heads/main", before, after });
    expect(pushes.find((push) => push.repository === "shop/forced" && push.after === after)?.forced).toBe(true);
  });
});

describe("the local Git host's webhook", () => {
  it("delivers a push signed and shaped as GitHub does", async () => {
    const received: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(202).end();
    });
    await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
    const address = receiver.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/hooks/local`;
    const push: Push = {
      repository: "shop/app",
      ref: "refs/heads/main",
      before: zeros,
      after: "a".repeat(40),
      pusher: "ada",
      forced: false,
      commits: [],
    };

    expect(
      await deliverPush({ url, secret: "It's a Secret to Everybody" }, push, {
        clone: "http://git/shop/app.git",
        ssh: "ssh://git/shop/app.git",
      }),
    ).toBe(202);
    receiver.close();
    receiver.closeAllConnections();

    const [delivery] = received;
    const { verify } = await import("@octokit/webhooks-methods");
    const signature = String(delivery?.headers["x-hub-signature-256"]);
    expect(await verify("It's a Secret to Everybody", delivery?.body ?? "", signature)).toBe(true);
    expect(await verify("another secret", delivery?.body ?? "", signature)).toBe(false);
    expect(delivery?.headers).toMatchObject({ "x-github-event": "push", "content-type": "application/json" });
    expect(JSON.parse(delivery?.body ?? "")).toMatchObject({
      ref: "refs/heads/main",
      before: zeros,
      after: "a".repeat(40),
      created: true,
      repository: { full_name: "shop/app", clone_url: "http://git/shop/app.git" },
      pusher: { name: "ada" },
    });
  });
});
