import { describe, expect, it } from "vitest";
import { readState } from "../../../shared/state/application-state.ts";
import { readInventory, writeInventory } from "../../../shared/state/inventories.ts";
import { acquireLease, type Lease } from "../../../shared/state/leases.ts";
import { memoryArtifacts } from "../../fakes/memory-artifacts.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const owning = (name: string) => {
  const key = { group: "", kind: "ConfigMap", namespace: "production", name };
  return new Map([[name, { key, apiVersion: "v1" }]]);
};

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
  const owned = async () => [...(await readInventory(table, artifacts, "web")).values()].map(({ key }) => key.name);
  return { table, artifacts, hold, owned };
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

  it("costs one write, the first time and every other", async () => {
    const { table, artifacts, hold } = world();
    const lease = await hold("one");
    const before = table.writes;
    await writeInventory(table, artifacts, lease, owning("a"));
    await writeInventory(table, artifacts, lease, owning("b"));
    expect(table.writes).toBe(before + 2);
  });

  it("that an Application of the same name left behind keeps nobody from writing", async () => {
    const { table, artifacts, hold, owned } = world();
    await table.put({ pk: "app#web", sk: "inventory", v: 1, rows: [], fence: 7 });
    await writeInventory(table, artifacts, await hold("one"), owning("new"));
    expect(await owned()).toEqual(["new"]);
  });

  it("of before there were fences is written as any other", async () => {
    const { table, artifacts, hold, owned } = world();
    await table.put({ pk: "app#web", sk: "inventory", v: 1, rows: [] });
    await writeInventory(table, artifacts, await hold("one"), owning("new"));
    expect(await owned()).toEqual(["new"]);
  });

  // A worker slept in a removal; when it woke, everything was gone, and it put the inventory back.
  it("that is gone with its Application does not come back (F-09)", async () => {
    const { table, artifacts, hold } = world();
    await writeInventory(table, artifacts, await hold("one"), owning("old"));
    const next = await hold("two", { fence: 1, beat: 1 });
    await table.delete({ pk: "app#web", sk: "inventory" });
    await table.delete({ pk: "app#web", sk: "state" });
    await expect(writeInventory(table, artifacts, next, owning("old"))).rejects.toMatchObject({ code: "LeaseLost" });
    expect(table.items().filter(({ sk }) => sk === "inventory")).toEqual([]);
  });
});
