import { describe, expect, it } from "vitest";
import { ConnectionBroken } from "../../../../shared/adapters/kubernetes/broken.ts";
import type { Kinds } from "../../../../shared/adapters/kubernetes/kinds.ts";
import { watchObjects } from "../../../../shared/adapters/kubernetes/watch.ts";
import type { WatchEvent } from "../../../../shared/ports/cluster.ts";

const served = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true, verbs: [] };
const kinds: Kinds = { all: () => Promise.reject(new Error("not asked")), find: async () => served, forget: () => {} };
const json = "application/json";

/** What a watch that goes on from version 7 makes of a server's answer. */
const watched = async (status: number, chunks: readonly (string | Error)[], since: string | undefined = "7") => {
  const asked: string[] = [];
  async function* body() {
    for (const chunk of chunks) {
      if (chunk instanceof Error) throw chunk;
      yield Buffer.from(chunk);
    }
  }
  const events: WatchEvent[] = [];
  const list = Buffer.from(JSON.stringify({ metadata: { resourceVersion: "41" }, items: [] }));
  const world = {
    cluster: "prod",
    kinds,
    send: async () => ({ status: 200, contentType: json, retryAfter: undefined, body: list }),
    open: async ({ path }: { path: string }) => {
      asked.push(path);
      return { status, contentType: json, retryAfter: undefined, chunks: body() };
    },
  };
  const stop = new AbortController();
  for await (const event of watchObjects(world, { apiVersion: "v1", kind: "ConfigMap", since }, stop.signal)) events.push(event);
  return { events, asked };
};
const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const object = { metadata: { name: "web", resourceVersion: "8" } };

describe("a watch", () => {
  it("reads events however the bytes fall", async () => {
    const text = line("ADDED", object) + line("MODIFIED", object) + line("DELETED", object);
    const { events } = await watched(200, [text.slice(0, 10), text.slice(10, 120), text.slice(120)]);
    expect(events.map(({ kind }) => kind)).toEqual(["changed", "changed", "deleted"]);
  });

  it("asks for bookmarks, from the version it was given, or from the one that stands now", async () => {
    expect((await watched(200, [])).asked[0]).toContain("allowWatchBookmarks=true&resourceVersion=7");
    const { events, asked } = await watched(200, [line("BOOKMARK", { metadata: { resourceVersion: "50" } })], "");
    expect(asked[0]).toContain("resourceVersion=");
    expect(events).toEqual([{ kind: "reached", resourceVersion: "50" }]);
  });

  it("says that the server has forgotten the version, however the server says so", async () => {
    const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
    expect((await watched(200, [line("ERROR", gone)])).events).toEqual([{ kind: "expired" }]);
    expect((await watched(410, [JSON.stringify(gone)])).events).toEqual([{ kind: "expired" }]);
  });

  it("says that it may not", async () => {
    const { events } = await watched(403, [JSON.stringify({ kind: "Status", message: "you may not watch configmaps" })]);
    expect(events).toEqual([{ kind: "forbidden", reason: "you may not watch configmaps" }]);
  });

  it("fails as a cluster that cannot be reached when the connection breaks, or what comes cannot be read", async () => {
    const failing = [
      watched(200, [line("ADDED", object), new ConnectionBroken("reset")]),
      watched(200, ["<html>\n"]),
      watched(500, ["{}"]),
    ];
    for (const each of failing) await expect(each).rejects.toMatchObject({ code: "ClusterUnreachable" });
  });
});
