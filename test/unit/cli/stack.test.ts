import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { controlApp, startStackControl } from "../../../infra/local/stack-control.ts";
import { findStack, removeStackFile, type StackFile, stackIn, writeStackFile } from "../../../infra/local/stack-file.ts";

const root = mkdtempSync(join(tmpdir(), "fairlead-stack-"));
mkdirSync(join(root, ".fairlead"));
mkdirSync(join(root, "deep", "er"), { recursive: true });
const path = join(root, ".fairlead", "stack.json");
afterAll(() => rmSync(root, { recursive: true, force: true }));

const stack: StackFile = {
  v: 1,
  pid: process.pid,
  startedAt: "2026-11-21T12:00:00.000Z",
  aws: { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1" },
  table: "fairlead",
  bucket: "fairlead-artifacts",
  queues: {
    pushes: "http://127.0.0.1:2/p",
    renders: "http://127.0.0.1:2/r",
    notices: "http://127.0.0.1:2/n",
    syncs: { public: "http://127.0.0.1:2/s" },
  },
  installation: "/x/fairlead.yaml",
  secrets: "/x/secrets",
  control: { url: "http://127.0.0.1:3", token: "a-word-of-sixteen-letters" },
  clusters: [{ name: "harbor", kubeconfig: "/x/kubeconfig" }],
  git: "http://127.0.0.1:4",
  webhook: "http://127.0.0.1:5",
};

describe("the stack file", () => {
  it("is found from any folder below, by its owner only", async () => {
    await writeStackFile(path, stack);
    expect(await findStack(join(root, "deep", "er"))).toEqual({ state: "running", stack });
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it("is found in the folder that npm start was given, whatever that is called", async () => {
    expect(await stackIn(join(root, ".fairlead"))).toEqual({ state: "running", stack });
    expect(await stackIn(root)).toEqual({ state: "absent" });
  });

  it("is stale when its process has ended", async () => {
    await writeStackFile(path, { ...stack, pid: 2 ** 22 + 1 });
    expect(await findStack(root)).toEqual({ state: "stale", path });
  });

  it("is not guessed at when another version wrote it", async () => {
    writeFileSync(path, JSON.stringify({ ...stack, v: 2 }));
    expect(await findStack(root)).toEqual({ state: "unreadable", path });
    writeFileSync(path, "{");
    expect((await findStack(root)).state).toBe("unreadable");
  });

  it("is gone with the stack", async () => {
    await removeStackFile(path);
    expect((await findStack(root)).state).not.toBe("running");
  });
});

describe("the control endpoint", () => {
  const seen: string[] = [];
  const cluster = {
    name: "harbor",
    stopApiServer: async () => void seen.push("stop"),
    startApiServer: async () => void seen.push("start"),
  };
  const token = "a-word-of-sixteen-letters";
  const ask = (where: string, word = token) =>
    controlApp([cluster], token).request(where, { method: "POST", headers: { authorization: `Bearer ${word}` } });

  it("stops and starts a cluster", async () => {
    expect(await (await ask("/clusters/harbor/stop")).json()).toEqual({ cluster: "harbor", state: "stopped" });
    expect(await (await ask("/clusters/harbor/start")).json()).toEqual({ cluster: "harbor", state: "running" });
    expect(seen).toEqual(["stop", "start"]);
  });

  it("names the clusters there are", async () => {
    const answer = await ask("/clusters/port/stop");
    expect([answer.status, await answer.json()]).toEqual([404, { message: "the stack has no cluster port; it has harbor" }]);
  });

  it("answers nobody who does not know the word", async () => {
    expect((await ask("/clusters/harbor/stop", "another-word-of-length")).status).toBe(401);
    expect((await controlApp([cluster], token).request("/clusters/harbor/stop", { method: "POST" })).status).toBe(401);
    expect(seen).toEqual(["stop", "start"]);
  });

  it("listens on this machine only and ends when told", async () => {
    const control = await startStackControl([cluster]);
    expect(control.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${control.url}/clusters/harbor/stop`, { method: "POST" })).status).toBe(401);
    await control.stop();
    await expect(fetch(control.url)).rejects.toThrow();
  });
});
