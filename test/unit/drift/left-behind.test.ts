import { describe, expect, it } from "vitest";
import { openRestored } from "../../support/restored-world.ts";
import { anApplication, configMap } from "../../support/sync-world.ts";

/** A table that went back to before `late` was declared, which Git dropped before it was read again. */
const restoredBefore = async () => {
  const world = await openRestored();
  await world.push("web", [configMap("a")]);
  await world.synced();
  await world.minutes(4);
  const backup = world.backup();
  await world.declare(anApplication({ name: "late" }));
  await world.push("late", [configMap("b"), configMap("c")]);
  await world.sync("late");
  await world.fetchAll();
  await world.sync("late");
  await world.minutes(5);
  const leftBehind = () => world.told.flatMap(({ event, facts }) => (event === "left-behind" ? [facts] : []));
  return { ...world, backup, leftBehind };
};

const named = { cluster: "harbor", application: "late", count: 2, objects: ["ConfigMap production/b", "ConfigMap production/c"] };

describe("F-29: objects of an Application that neither the restored table nor Git knows any more", () => {
  // They stayed, and nobody ever said so.
  it("stay, and are named once", async () => {
    const world = await restoredBefore();
    await world.restore(world.backup);
    await world.minutes(4);
    await world.synced();
    await world.scan();
    await world.synced();
    await world.scan();
    expect(world.names()).toEqual(["a", "b", "c"]);
    expect(world.leftBehind()).toMatchObject([named]);
  });

  it("are named where no Application is left that its cluster is searched for", async () => {
    const world = await restoredBefore();
    await world.restore(world.backup.filter(({ pk }) => pk === "settings"));
    await world.minutes(4);
    await world.scan();
    expect(world.leftBehind()).toMatchObject([{ application: "web", count: 1 }, named]);
  });

  it("are not named before Git had the time to declare it again, nor when it did", async () => {
    const world = await restoredBefore();
    await world.restore(world.backup);
    await world.minute();
    await world.scan();
    expect(world.leftBehind()).toEqual([]);
    await world.declare(anApplication({ name: "late" }));
    await world.minutes(4);
    await world.scan();
    expect(world.leftBehind()).toEqual([]);
  });

  it("are not looked for in a table that never went back", async () => {
    const world = await restoredBefore();
    const calls = world.cluster.calls.length;
    await world.scan();
    expect(world.cluster.calls.slice(calls)).toEqual(["discover", "list ConfigMap"]);
    expect(world.leftBehind()).toEqual([]);
  });
});
