import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster, WatchEvent } from "../../shared/ports/cluster.ts";
import { fakeCluster } from "../fakes/fake-cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { simulatedCluster } from "./simulated.ts";

const ours = { fieldManager: "fairlead", force: true };
const query = { apiVersion: "v1", kind: "ConfigMap", namespace: "watched" };
const configMap = (name: string, data: Record<string, string>, namespace = "watched"): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, annotations: { note: name } },
  data,
});

describe.each([
  ["the fake", async () => fakeCluster()],
  ["a simulated one", async () => simulatedCluster()],
  ["a real API server", async () => (await testCluster()).cluster],
] as const)("watching a cluster (%s)", (_, open) => {
  let cluster: Cluster;
  const apply = async (manifest: Manifest): Promise<Manifest> => {
    const answer = await cluster.apply(manifest, ours);
    if (answer.state !== "applied") throw new Error(answer.message);
    return answer.object;
  };
  /** Collects events while `work` is done, until one is about the object called `last`. */
  const during = async (since: string | undefined, last: string, work: () => Promise<unknown>): Promise<readonly WatchEvent[]> => {
    const stop = new AbortController();
    const events: WatchEvent[] = [];
    let begun = false;
    const begin = async () => {
      if (!begun) await work();
      begun = true;
    };
    if (since !== undefined) await begin();
    for await (const event of cluster.watch({ ...query, since }, stop.signal)) {
      // A fresh namespace gets a ConfigMap of its own.
      if ("object" in event && event.object.metadata.name === "kube-root-ca.crt") continue;
      events.push(event);
      if (event.kind === "reached") await begin();
      if ("object" in event && event.object.metadata.name === last) stop.abort();
    }
    return events.filter((event) => event.kind !== "reached" || event === events[0]);
  };
  const named = (events: readonly WatchEvent[]) =>
    events.map((event) => ("object" in event ? `${event.kind} ${event.object.metadata.name}` : event.kind));

  beforeAll(async () => {
    cluster = await open();
    for (const name of ["watched", "unwatched"]) await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  });
  afterAll(() => cluster.close());

  it("begins with the version from which on it tells, and tells what changes, is made and goes, with no more than the metadata", async () => {
    await apply(configMap("old", { a: "1" }));
    const events = await during(undefined, "end", async () => {
      const { metadata } = await apply(configMap("old", { a: "2" }));
      await apply(configMap("elsewhere", {}, "unwatched"));
      await cluster.delete({ ...query, name: "old" }, { uid: metadata.uid ?? "", propagation: "Background" });
      await apply(configMap("end", { a: "1" }));
    });
    expect(named(events)).toEqual(["reached", "changed old", "deleted old", "changed end"]);
    const [, changed] = events;
    expect(changed).toMatchObject({
      object: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "old", namespace: "watched", annotations: { note: "old" }, managedFields: [{ manager: "fairlead" }] },
      },
    });
    expect(changed).not.toHaveProperty("object.data");
  });

  it("goes on from a version, and misses nothing that came meanwhile", async () => {
    const { metadata } = await apply(configMap("before", { a: "1" }));
    const events = await during(metadata.resourceVersion, "after-2", async () => {
      await apply(configMap("after-1", { a: "1" }));
      await apply(configMap("after-2", { a: "1" }));
    });
    expect(named(events)).toEqual(["changed after-1", "changed after-2"]);
  });

  it("lists the metadata alone, too, where that is enough", async () => {
    await apply({ ...configMap("bare", { a: "1" }), metadata: { name: "bare", namespace: "watched", labels: { team: "bare" } } });
    const answer = await cluster.list({ ...query, labelSelector: "team=bare", metadataOnly: true });
    const [object] = answer.state === "listed" ? answer.objects : [];
    expect(object).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "bare", labels: { team: "bare" } } });
    expect(object).not.toHaveProperty("data");
  });

  it("says that the server does not serve a kind", async () => {
    const events: WatchEvent[] = [];
    for await (const event of cluster.watch({ apiVersion: "example.org/v1", kind: "Nothing" }, new AbortController().signal))
      events.push(event);
    expect(events).toEqual([{ kind: "absent" }]);
  });

  it("ends quietly when it is stopped before anything came", async () => {
    const stop = new AbortController();
    for await (const event of cluster.watch(query, stop.signal)) if (event.kind === "reached") stop.abort();
    expect(stop.signal.aborted).toBe(true);
  });
});
