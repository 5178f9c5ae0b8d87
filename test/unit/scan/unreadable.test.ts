import { describe, expect, it } from "vitest";
import { sweep } from "../../../shared/scan/sweep.ts";
import { keys } from "../../../shared/state/items.ts";
import type { PushMessage, SyncMessage } from "../../../shared/state/messages.ts";
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
