import { describe, expect, it } from "vitest";
import { noCounts } from "../../../shared/model/event.ts";
import type { InventoryEntry } from "../../../shared/model/inventory.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { declareApplication } from "../../../shared/state/applications.ts";
import { forgetApplication } from "../../../shared/state/forgetting.ts";
import { noteLate, readInventory, settleEntries, writeInventory } from "../../../shared/state/inventories.ts";
import { acquireLease, type Lease } from "../../../shared/state/leases.ts";
import { type Operation, readOperation, writeOperation } from "../../../shared/state/operations.ts";
import { renew } from "../../../shared/state/renewal.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { isBareFence } from "../../support/bare-fence.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";
import { anApplication } from "../../support/sync-world.ts";

const owning = (name: string) => {
  const key = { group: "", kind: "ConfigMap", namespace: "production", name };
  return new Map([[name, { key, apiVersion: "v1" }]]);
};

const anOperation = (): Operation => ({
  id: "1.0",
  generation: 1,
  attempt: 0,
  outages: 0,
  output: "manifests",
  startedAt: 0,
  healing: false,
  hooks: [],
  ended: [],
  counts: noCounts,
  objects: [],
});

const world = () => {
  const table = memoryTable([{ pk: "app#web", sk: "state", v: 1, desiredGeneration: 1, dueAt: 1, dueShard: 1 }]);
  const artifacts = memoryArtifacts();
  const hold = async (owner: string, saw?: { readonly fence: number; readonly beat: number }): Promise<Lease> => {
    const before = await readState(table, "web");
    if (!before) throw new Error("no state of web");
    const acquired = await acquireLease(table, { application: "web", owner, saw, elapsed: () => 0 }, before);
    if (acquired.state !== "ours") throw new Error(`${owner} did not get the lease`);
    return acquired.lease;
  };
  const forget = (lease: Lease) => forgetApplication(table, anApplication(), { lease, read: lease.read, at: 0 });
  const owned = async () => [...(await readInventory(table, artifacts, "web")).values()].map(({ key }) => key.name);
  return { table, artifacts, hold, forget, owned };
};

describe("an inventory (F-09)", () => {
  // A worker that had slept through its lease wrote down what it thought was owned, and what the next one had made since was nobody's.
  it("is not written by a worker that lost its lease, once the next one has written it", async () => {
    const { table, artifacts, hold, owned } = world();
    const zombie = await hold("one");
    await writeInventory(table, artifacts, zombie, owning("old"));
    const next = await hold("two", { fence: 1, beat: 1 });
    await writeInventory(table, artifacts, next, owning("new"));
    await expect(writeInventory(table, artifacts, zombie, owning("old"))).rejects.toMatchObject({ code: "LeaseLost" });
    expect(await owned()).toEqual(["new"]);
  });

  // Whoever held the lease had read the inventory before a late write was noted in it, and wrote what it had read.
  it("keeps the note of a late write until somebody wrote it who took the lease after that", async () => {
    const { table, artifacts, hold, owned } = world();
    const holder = await hold("one");
    const [[, entry]] = [...owning("late")] as [[string, InventoryEntry]];
    expect(await noteLate(table, "web", { fence: holder.fence, what: "written", entry })).toBe(true);
    await writeInventory(table, artifacts, holder, owning("own"));
    expect(await owned()).toEqual(["own", "late"]);
    await writeInventory(table, artifacts, await hold("two", { fence: 1, beat: 1 }), owning("own"));
    expect(await owned()).toEqual(["own"]);
  });

  it("keeps the note that an object was deleted late, where it still names that object", async () => {
    const { table, artifacts, hold, owned } = world();
    const holder = await hold("one");
    const [[name, entry]] = [...owning("own")] as [[string, InventoryEntry]];
    await noteLate(table, "web", { fence: holder.fence, what: "deleted", entry: { ...entry, uid: "first" } });
    await writeInventory(table, artifacts, holder, new Map([[name, { ...entry, uid: "first" }]]));
    expect(await owned()).toEqual([]);
    await writeInventory(table, artifacts, holder, new Map([[name, { ...entry, uid: "second" }]]));
    expect(await owned()).toEqual(["own"]);
  });

  it("costs one write, the first time and every other", async () => {
    const { table, artifacts, hold } = world();
    const lease = await hold("one");
    const before = table.writes;
    await writeInventory(table, artifacts, lease, owning("a"));
    await writeInventory(table, artifacts, lease, owning("b"));
    expect(table.writes).toBe(before + 2);
  });

  it("of before there were fences is written as any other", async () => {
    const { table, artifacts, hold, owned } = world();
    await table.put({ pk: "app#web", sk: "inventory", v: 1, rows: [] });
    await writeInventory(table, artifacts, await hold("one"), owning("new"));
    expect(await owned()).toEqual(["new"]);
  });

  // A worker slept in a removal; when it woke, everything was gone, and it put the inventory back.
  it("that is gone with its Application does not come back (F-09)", async () => {
    const { table, artifacts, hold, forget, owned } = world();
    const zombie = await hold("one");
    await writeInventory(table, artifacts, zombie, owning("old"));
    await forget(await hold("two", { fence: 1, beat: 1 }));
    await expect(writeInventory(table, artifacts, zombie, owning("old"))).rejects.toMatchObject({ code: "LeaseLost" });
    expect(await owned()).toEqual([]);
  });

  it("leaves nothing but its fence, whatever was noted in it", async () => {
    const { table, hold, forget } = world();
    const holder = await hold("one");
    const [[, entry]] = [...owning("late")] as [[string, InventoryEntry]];
    await noteLate(table, "web", { fence: holder.fence, what: "written", entry });
    await forget(await hold("two", { fence: 1, beat: 1 }));
    expect(table.items().filter((item) => !isBareFence(item))).toEqual([]);
  });

  // Fences began anew at 1 for the new one, and that of a worker that had slept since the old one was higher than all of them.
  it("of an Application declared by a name that was forgotten is written by none of the old one's holders (F-09)", async () => {
    const { table, artifacts, hold, forget, owned } = world();
    const zombie = await hold("one");
    await forget(await hold("two", { fence: 1, beat: 1 }));
    await declareApplication(table, { application: anApplication(), cluster: "harbor", at: 0 });
    await expect(writeInventory(table, artifacts, zombie, owning("old"))).rejects.toMatchObject({ code: "LeaseLost" });
    const heir = await hold("three");
    expect(heir.fence).toBe(3);
    await writeInventory(table, artifacts, heir, owning("new"));
    await expect(writeInventory(table, artifacts, zombie, owning("old"))).rejects.toMatchObject({ code: "LeaseLost" });
    expect(await owned()).toEqual(["new"]);
  });

  // A scan had read the old one's inventory as of its third write, and the new one's third write was taken for it.
  it("is not settled by a scan that read the inventory of a forgotten Application of that name", async () => {
    const { table, artifacts, hold, forget, owned } = world();
    const old = await hold("one");
    await writeInventory(table, artifacts, old, owning("old"));
    const slept = interruptedTable(table, 1, async () => {
      await forget(old);
      await declareApplication(table, { application: anApplication(), cluster: "harbor", at: 0 });
      await writeInventory(table, artifacts, await hold("two"), owning("new"));
    });
    const [before] = [...owning("old").values()];
    if (!before) throw new Error("owns nothing");
    expect(await settleEntries(slept.table, artifacts, "web", [{ before, now: { ...before, uid: "u" } }])).toBe(false);
    expect(await owned()).toEqual(["new"]);
  });
});

describe("an operation (F-09)", () => {
  // A worker that had slept since the name was forgotten put its operation into the new Application, which took it for its own.
  it("of an Application that is forgotten is not begun in the next one of its name", async () => {
    const { table, artifacts, hold, forget } = world();
    const zombie = await hold("one");
    await forget(await hold("two", { fence: 1, beat: 1 }));
    await declareApplication(table, { application: anApplication(), cluster: "harbor", at: 0 });
    await expect(writeOperation({ table, artifacts }, zombie, anOperation())).rejects.toMatchObject({ code: "LeaseLost" });
    expect(await readOperation(table, "web")).toBeUndefined();
    await writeOperation({ table, artifacts }, await hold("three"), anOperation());
    expect(await readOperation(table, "web")).toMatchObject({ id: "1.0" });
  });
});

describe("renewing an Application declared by a name that was forgotten in the same epoch", () => {
  // Its fence was set back to the beginning of the epoch, below what its inventory carried, and nobody could write that any more.
  it("does not set its fence back", async () => {
    const { table, artifacts, hold, forget } = world();
    await table.update({ pk: "app#web", sk: "state" }, { set: { fence: 2_000_000_005, beat: 0, epoch: 2 } });
    await forget(await hold("one"));
    await declareApplication(table, { application: anApplication(), cluster: "harbor", at: 0 });
    const state = await readState(table, "web");
    if (!state) throw new Error("no state of web");
    expect(await renew(table, "web", { state, epoch: 2, at: 0 })).toBe(true);
    const heir = await hold("two");
    expect(heir.fence).toBe(2_000_000_008);
    await writeInventory(table, artifacts, heir, owning("new"));
  });
});
