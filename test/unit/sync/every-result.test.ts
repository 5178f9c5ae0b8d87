import { describe, expect, it } from "vitest";
import type { ApplicationEvent } from "../../../shared/model/event.ts";
import { readResults } from "../../../shared/state/event-results.ts";
import { keys } from "../../../shared/state/items.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

/** DynamoDB's limit of an item. */
const itemLimit = 400_000;

const many = (count: number, prefix: string, wave = 0) =>
  Array.from({ length: count }, (_, at) =>
    configMap(
      `${prefix}-${String(at).padStart(4, "0")}-${"x".repeat(40)}`,
      {},
      { annotations: { "argocd.argoproj.io/sync-wave": `${wave}` } },
    ),
  );

const stored = (keys: readonly string[]) => keys.filter((key) => key.startsWith("results/"));
const namesOf = (results: readonly { readonly key: { readonly name: string } }[]) => results.map(({ key }) => key.name);

describe("the results of an operation", () => {
  // An event names 50 objects at most; those beyond were counted and nobody could say which they had been.
  it("are all kept: an event has the first 50 and says where the rest is", async () => {
    const { declare, commit, settle, history, artifacts } = syncWorld();
    await declare(anApplication());
    const manifests = many(60, "a");
    await commit("web", manifests);
    await settle();
    const [event] = await history();
    expect(event).toMatchObject({ kind: "synced", counts: { created: 60 } });
    expect(event?.objects).toHaveLength(50);
    const results = await readResults(artifacts, event as ApplicationEvent);
    expect(namesOf(results).toSorted()).toEqual(manifests.map(({ metadata }) => metadata.name));
    expect(results.every(({ action, code }) => action === "created" && code === "Synced")).toBe(true);
  });

  it("cost no artifact where the event has room for them", async () => {
    const { declare, commit, settle, history, artifacts } = syncWorld();
    await declare(anApplication());
    await commit("web", many(50, "a"));
    await settle();
    const [event] = await history();
    expect(event?.objects).toHaveLength(50);
    expect(event?.results).toBeUndefined();
    expect(stored(artifacts.keys)).toEqual([]);
  });

  it("keep the whole of what a server said, also of an object that the event cuts short", async () => {
    const message = `no: ${"because ".repeat(100)}`;
    const { declare, commit, sync, history, artifacts } = syncWorld({
      refuse: ({ kind }) => (kind === "ConfigMap" ? { reason: "Invalid", message } : undefined),
    });
    await declare(anApplication());
    await commit("web", [configMap("a")]);
    await sync();
    const [event] = await history();
    expect(event?.objects[0]?.message).toHaveLength(500);
    const [result] = await readResults(artifacts, event as ApplicationEvent);
    expect(result?.message).toContain(message.trim());
  });
});

describe("an operation of several steps and 5,000 objects", () => {
  // The item kept 50 results, whatever there was: those of earlier waves were lost.
  it("loses no result, writes each once, and stays below the limit of the table's items", async () => {
    const { declare, commit, settle, history, artifacts, table } = syncWorld();
    await declare(anApplication());
    const manifests = [0, 1, 2, 3, 4].flatMap((wave) => many(1_000, `w${wave}`, wave));
    await commit("web", manifests);
    const sizes: number[] = [];
    await settle(async () => {
      sizes.push(JSON.stringify((await table.get(keys.operation("web"))) ?? {}).length);
    });
    expect(Math.max(...sizes)).toBeGreaterThan(1_000);
    expect(Math.max(...sizes)).toBeLessThan(itemLimit / 4);
    const event = (await history()).find(({ kind }) => kind === "synced") as ApplicationEvent;
    expect(event.counts.created).toBe(5_000);
    expect(event.objects).toHaveLength(50);
    expect(event.results).toHaveLength(5);
    expect(stored(artifacts.keys)).toHaveLength(5);
    const results = await readResults(artifacts, event);
    expect(namesOf(results).toSorted()).toEqual(manifests.map(({ metadata }) => metadata.name).toSorted());
  }, 60_000);

  it("names what failed first, though it failed last", async () => {
    const refuse = ({ metadata: { name } }: { readonly metadata: { readonly name: string } }) =>
      name === "broken" && cluster().objects().length > 60 ? { reason: "Invalid", message: "broken is refused" } : undefined;
    const world = syncWorld({ refuse });
    const cluster = () => world.cluster;
    await world.declare(anApplication());
    await world.commit("web", [...many(60, "a"), configMap("broken", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })]);
    await world.sync();
    world.pass(2_000);
    await world.sync();
    const event = (await world.history()).find(({ kind }) => kind === "failed") as ApplicationEvent;
    expect(event.objects[0]).toMatchObject({ key: { name: "broken" }, code: "SyncFailed" });
    const results = await readResults(world.artifacts, event);
    expect(results[0]?.key.name).toBe("broken");
    expect(results).toHaveLength(61);
  });
});

describe("results in the artifact store", () => {
  it("have no value of a Secret", async () => {
    const encoded = (text: string) => Buffer.from(text).toString("base64");
    const secret = (at: number, password: string) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `login-${at}` },
      data: { password: encoded(password) },
    });
    const all = (password: string) => Array.from({ length: 60 }, (_, at) => secret(at, password));
    const { declare, commit, settle, wishDrift, history, artifacts, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", all("hunter2hunter2"));
    await settle();
    for (const live of cluster.objects().filter(({ kind }) => kind === "Secret"))
      cluster.edit({ apiVersion: "v1", kind: "Secret", namespace: "production", name: live.metadata.name }, "kubectl-edit", (object) => ({
        ...object,
        data: { password: encoded("swordfish-swordfish") },
      }));
    await wishDrift();
    await settle();
    const [event] = await history();
    expect(event).toMatchObject({ kind: "drift-healed", counts: { configured: 60 } });
    const results = await readResults(artifacts, event as ApplicationEvent);
    expect(results).toHaveLength(60);
    expect(results.every(({ fields }) => fields?.some(({ path }) => path.includes("password")))).toBe(true);
    const text = await Promise.all(stored(artifacts.keys).map(async (key) => Buffer.from((await artifacts.get(key)) ?? []).toString()));
    expect(text.join()).not.toMatch(/hunter2|swordfish|aHVudGVy|c3dvcmRm/);
    expect(text.join()).toContain("hidden");
  });
});
