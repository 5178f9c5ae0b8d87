import { describe, expect, it } from "vitest";
import { poll } from "../../../shared/scan/poll.ts";
import { sweep } from "../../../shared/scan/sweep.ts";
import { joinGroups } from "../../../shared/state/groups.ts";
import { keys } from "../../../shared/state/items.ts";
import type { PushMessage, SyncMessage } from "../../../shared/state/messages.ts";
import { readRef } from "../../../shared/state/refs.ts";
import { versionedTable } from "../../../shared/state/versioned-table.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const due = { v: 1, input: "digest", desiredGeneration: 2, observedGeneration: 1, dueAt: 500 };

describe("F-27, F-28: an Application of which an item cannot be read", () => {
  it("keeps the sweeper from no other, is named, and stays due", async () => {
    const table = memoryTable([
      { ...keys.state("broken"), ...due, dueShard: 3, fence: "seven" },
      { ...keys.state("newer"), ...due, dueShard: 3, v: 2 },
      { ...keys.state("web"), ...due, dueShard: 3 },
    ]);
    const told: object[] = [];
    const [pushes, syncs] = [memoryQueue<PushMessage>(), memoryQueue<SyncMessage>()];
    const journal = { tell: (event: string, facts: object) => void told.push({ event, ...facts }) };
    await sweep({ table, pushes, syncs, clock: syncWorld().world.clock, journal });
    expect(syncs.take()).toMatchObject([{ application: "web" }]);
    expect(told).toMatchObject([
      { event: "scan-failed", application: "broken", code: "ItemUnreadable" },
      { event: "scan-failed", application: "newer", code: "ItemNewer" },
      { event: "swept" },
    ]);
    expect(await table.get(keys.state("newer"))).toMatchObject({ v: 2, dueAt: 500 });
  });

  it("fails its own sync in a way that brings the message back, and leaves the cluster and the item alone", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.commit("web", [configMap("settings", { port: "80" })]);
    await world.table.update(keys.state("web"), { set: { v: 9 } });
    const [before, objects] = [world.table.items(), world.cluster.objects()];
    await expect(world.sync()).rejects.toMatchObject({ code: "ItemNewer", retry: true });
    expect(world.cluster.objects()).toEqual(objects);
    expect(world.table.items()).toEqual(before);
  });

  it("says so where its inventory cannot be read: nothing is applied, and nothing is pruned", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.commit("web", [configMap("settings", { port: "80" })]);
    await world.settle();
    await world.table.update(keys.inventory("web"), { set: { rows: "what?" } });
    await world.commit("web", []);
    await world.sync();
    expect(await world.state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("app#web/inventory") });
    expect(world.live("settings")).toBeDefined();
  });
});

describe("F-27, F-28: a ref of which the item cannot be read", () => {
  const repository = "git.example.com/team/config";
  const open = { v: 1, wanted: 1, dueShard: 3, dueAt: 500 };
  const broken = [
    { ...keys.ref(repository, "refs/heads/broken"), ...open, wanted: "one" },
    { ...keys.ref(repository, "refs/heads/newer"), ...open, v: 2 },
  ];

  it("keeps the sweeper from no other ref and no Application, is named, and is sent when it can be read again", async () => {
    // The sweep threw before it had sent anything: for the whole installation no lost hint was sent again, and nobody was taken over.
    const table = memoryTable([
      ...broken,
      { ...keys.ref(repository, "refs/heads/main"), ...open },
      { ...keys.state("web"), ...due, dueShard: 3 },
    ]);
    const told: object[] = [];
    const [pushes, syncs] = [memoryQueue<PushMessage>(), memoryQueue<SyncMessage>()];
    const journal = { tell: (event: string, facts: object) => void told.push({ event, ...facts }) };
    const world = { table: versionedTable(table), pushes, syncs, clock: syncWorld().world.clock, journal };
    await sweep(world);
    expect(pushes.take()).toEqual([{ v: 1, kind: "ref", repository, ref: "refs/heads/main" }]);
    expect(syncs.take()).toMatchObject([{ application: "web" }]);
    expect(told).toMatchObject([
      { event: "scan-failed", repository, ref: "refs/heads/broken", code: "ItemUnreadable" },
      { event: "scan-failed", repository, ref: "refs/heads/newer", code: "ItemNewer" },
      { event: "swept", refs: 1, applications: 1 },
    ]);

    await table.update(keys.ref(repository, "refs/heads/newer"), { set: { v: 1 } });
    await sweep(world);
    expect(pushes.take()).toEqual([{ v: 1, kind: "ref", repository, ref: "refs/heads/newer" }]);
  });

  it("keeps the sweeper from nothing else when a newer release writes it between look and claim", async () => {
    const key = keys.ref(repository, "refs/heads/overtaken");
    const table = memoryTable([
      { ...key, ...open },
      { ...keys.state("web"), ...due, dueShard: 3 },
    ]);
    const overtaken: typeof table = {
      ...table,
      get: async (at) => {
        const item = await table.get(at);
        if (at.sk === key.sk) await table.update(key, { set: { v: 2 } });
        return item;
      },
    };
    const [pushes, syncs] = [memoryQueue<PushMessage>(), memoryQueue<SyncMessage>()];
    await sweep({ table: versionedTable(overtaken), pushes, syncs, clock: syncWorld().world.clock, journal: { tell: () => undefined } });
    expect([pushes.take(), syncs.take()]).toMatchObject([[], [{ application: "web" }]]);
  });

  it("keeps the poll from no other ref of its repository, and is named", async () => {
    const sources = ["broken", "main"].map((targetRevision) => ({ repoURL: `https://${repository}.git`, targetRevision, path: "deploy" }));
    const table = memoryTable([...broken]);
    for (const [index, source] of sources.entries()) await joinGroups(table, anApplication({ name: `web-${index}`, sources: [source] }));
    const told: object[] = [];
    const pushes = memoryQueue<PushMessage>();
    const refs = new Map(["broken", "main"].map((name) => [`refs/heads/${name}`, "a".repeat(40)]));
    await poll({
      table,
      pushes,
      clock: syncWorld().world.clock,
      journal: { tell: (event, facts) => void told.push({ event, ...facts }) },
      pollSeconds: () => undefined,
      listRefs: async () => ({ refs }),
      resolve: (selector) => ({ sha: "a".repeat(40), ref: `refs/heads/${selector}` }),
    });
    expect(pushes.take()).toEqual([{ v: 1, kind: "ref", repository, ref: "refs/heads/main" }]);
    expect((await readRef(table, repository, "refs/heads/main")).wanted).toBe(1);
    expect(told).toContainEqual({ event: "poll-failed", repository, ref: "refs/heads/broken", reason: expect.stringContaining("broken") });
  });
});
