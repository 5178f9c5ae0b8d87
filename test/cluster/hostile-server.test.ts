import { createSecureServer, type Http2Server, type Http2Session, type ServerHttp2Stream } from "node:http2";
import { createServer } from "node:https";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import { type Pace, realPace } from "../../shared/adapters/kubernetes/requests.ts";
import type { Cluster, ObjectAddress } from "../../shared/ports/cluster.ts";
import { certificateFor, testControlPlane } from "../support/control-plane.ts";
import { listen } from "../support/listen.ts";

type Answer = (stream: ServerHttp2Stream, call: { readonly line: string; readonly count: number; readonly session: Http2Session }) => void;

const at: ObjectAddress = { apiVersion: "v1", kind: "ConfigMap", namespace: "web", name: "settings" };
const settings = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "web" }, data: { a: "1" } };
const kinds = {
  kind: "APIResourceList",
  groupVersion: "v1",
  resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: ["get"] }],
};
const json = (stream: ServerHttp2Stream, status: number, value: object): void => {
  stream.respond({ ":status": status, "content-type": "application/json" });
  stream.end(JSON.stringify(value));
};

let pki: { ca: string; cert: string; key: string };
const closing: (() => void)[] = [];
beforeAll(async () => {
  pki = await certificateFor(await testControlPlane());
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server in place of the API server that answers discovery and leaves the rest to `answer`. */
const serverThat = async (answer: Answer, { pace = realPace, ca = pki.ca }: { pace?: Pace; ca?: string } = {}) => {
  const lines: string[] = [];
  const sessions = new Set<Http2Session>();
  const server: Http2Server = createSecureServer({ cert: pki.cert, key: pki.key });
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    const line = `${headers[":method"]} ${headers[":path"]}`;
    if (line === "GET /api/v1") return json(stream, 200, kinds);
    lines.push(line);
    const { session } = stream;
    if (session) answer(stream, { line, count: lines.length, session });
  });
  const port = await listen(server);
  const cluster: Cluster = openCluster(
    { name: "hostile", server: new URL(`https://127.0.0.1:${port}`), ca, allowLoopback: true },
    { token: async () => "a-token" },
    pace,
  );
  closing.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { cluster, lines, sessions };
};

const broken = (stream: ServerHttp2Stream) => stream.close(2);

describe("a connection that breaks", () => {
  it("is opened again after GOAWAY, and nothing is lost", async () => {
    const { cluster, sessions } = await serverThat((stream, { session }) => {
      session.goaway(0);
      json(stream, 200, settings);
    });
    for (let each = 0; each < 3; each++) expect(await cluster.get(at)).toMatchObject({ state: "found" });
    expect(sessions.size).toBeGreaterThanOrEqual(3);
  });

  it("repeats what was reset, also after the server had acted (F-15)", async () => {
    const { cluster, lines } = await serverThat((stream, { count }) => (count === 1 ? broken(stream) : json(stream, 200, settings)));
    expect(await cluster.apply(settings, { fieldManager: "fairlead", force: true })).toMatchObject({ state: "applied", created: false });
    expect(lines).toHaveLength(2);
  });

  it("repeats everything that was in flight when the whole connection went", async () => {
    const { cluster } = await serverThat((stream, { count, session }) => {
      if (count < 10) return;
      if (count === 10) session.destroy();
      else json(stream, 200, settings);
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => cluster.get(at)));
    expect(answers.every(({ state }) => state === "found")).toBe(true);
  });

  it("is unreachable when it breaks again and again", async () => {
    const { cluster, lines } = await serverThat(broken);
    await expect(cluster.get(at)).rejects.toMatchObject({ code: "ClusterUnreachable", retry: true });
    expect(lines).toHaveLength(2);
  });

  it("is unreachable when no answer comes in time", async () => {
    const start = realPace.elapsed();
    let asked = 0;
    // Three times by discovery, then for the request's own deadline.
    const late: Pace = { ...realPace, elapsed: () => start + (asked++ < 4 ? 0 : 29_950) };
    const { cluster } = await serverThat(() => undefined, { pace: late });
    await expect(cluster.get(at)).rejects.toMatchObject({
      code: "ClusterUnreachable",
      message: expect.stringContaining("no answer within"),
    });
  });
});

describe("a server that is not what it says", () => {
  it("gets no request and no token when another authority signed its certificate (K-08)", async () => {
    const { cluster, lines } = await serverThat((stream) => json(stream, 200, settings), { ca: "" });
    await expect(cluster.get(at)).rejects.toMatchObject({ code: "ClusterUnreachable", message: expect.stringContaining("certificate") });
    expect(lines).toEqual([]);
  });

  it("is unreachable when it speaks no HTTP/2", async () => {
    const server = createServer({ cert: pki.cert, key: pki.key }, (_, response) => response.end("{}"));
    const port = await listen(server);
    closing.push(() => server.close());
    const address = { name: "old", server: new URL(`https://127.0.0.1:${port}`), ca: pki.ca, allowLoopback: true };
    await expect(openCluster(address, {}).get(at)).rejects.toMatchObject({ code: "ClusterUnreachable" });
  });

  it("is not spoken to where its name leads to this machine", async () => {
    const { lines } = await serverThat((stream) => json(stream, 200, settings));
    const address = { name: "rebound", server: new URL("https://localhost:1"), ca: pki.ca, allowLoopback: false };
    await expect(openCluster(address, {}).get(at)).rejects.toMatchObject({
      message: expect.stringContaining("is no address for a cluster"),
    });
    expect(lines).toEqual([]);
  });

  it.each([200, 302, 502])("is unreachable when it answers %i with a page", async (status) => {
    const { cluster } = await serverThat((stream) => {
      stream.respond({ ":status": status, "content-type": "text/html" });
      stream.end("<html><script>alert(1)</script></html>");
    });
    const failure = await cluster.get(at).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: "ClusterUnreachable" });
    expect(String(failure)).not.toContain("<script>");
  });

  it("is unreachable when what it answers is no Kubernetes object", async () => {
    const { cluster } = await serverThat((stream) => json(stream, 200, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: 7 } }));
    await expect(cluster.get(at)).rejects.toMatchObject({ code: "ClusterUnreachable" });
  });
});

describe("hostile answers (K-13)", () => {
  it("reads no more of a 10 MB status than a message takes, and goes on with the same connection", async () => {
    const { cluster, sessions } = await serverThat((stream, { count }) => {
      if (count > 1) return json(stream, 200, settings);
      stream.respond({ ":status": 403, "content-type": "application/json" });
      stream.end(JSON.stringify({ kind: "Status", message: "x".repeat(10_000_000) }));
    });
    const answer = await cluster.get(at);
    expect(answer).toMatchObject({ state: "forbidden" });
    expect(JSON.stringify(answer).length).toBeLessThan(3_000);
    expect(await cluster.get(at)).toMatchObject({ state: "found" });
    expect(sessions.size).toBe(1);
  });

  it("takes control characters out of messages", async () => {
    const message = "denied\u001b[2J\nforged line\u202e";
    const { cluster } = await serverThat((stream) => json(stream, 403, { kind: "Status", reason: "Forbidden", message }));
    expect(await cluster.get(at)).toEqual({ state: "forbidden", reason: "denied [2J forged line" });
  });

  it("gives up on an object larger than any that a cluster can store", async () => {
    const { cluster } = await serverThat((stream) => json(stream, 200, { ...settings, data: { a: "x".repeat(17 * 1024 * 1024) } }));
    await expect(cluster.get(at)).rejects.toMatchObject({ code: "LimitExceeded" });
  });
});

describe("one connection", () => {
  it("has at most 32 requests in flight", async () => {
    let inFlight = 0;
    let most = 0;
    const { cluster, sessions } = await serverThat((stream) => {
      most = Math.max(most, ++inFlight);
      setImmediate(() => {
        inFlight--;
        json(stream, 200, settings);
      });
    });
    await Promise.all(Array.from({ length: 200 }, () => cluster.get(at)));
    expect(most).toBeLessThanOrEqual(32);
    expect(most).toBeGreaterThan(16);
    expect(sessions.size).toBe(1);
  });
});
