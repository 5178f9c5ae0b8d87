import { describe, expect, it } from "vitest";
import { openRestored } from "../../support/restored-world.ts";
import { anApplication, configMap } from "../../support/sync-world.ts";

const shared = (from: string) => configMap("shared", { from });

/** `web` has what `api` wants, too, and both have been synced for so long that nobody looks at it any more. */
const sharing = async () => {
  const world = await openRestored();
  await world.declare(anApplication({ name: "api" }));
  await world.push("web", [configMap("own"), shared("web")]);
  await world.synced();
  await world.push("api", [shared("api")]);
  await world.sync("api");
  for (let look = 0; look < 20; look++) {
    world.pass(20 * 60_000);
    await world.scan();
    world.syncs.take();
    await world.sync("api");
  }
  expect(await world.state("api")).toMatchObject({ syncStatus: "OutOfSync", contested: { web: expect.any(String) } });
  expect(await world.state("api")).not.toHaveProperty("againAt");
  world.syncs.take();
  return { ...world, from: () => world.live("shared")?.data };
};

describe("what an Application left to another one", () => {
  // Nobody looked any more after two hours, and no scan knew of it: it was in no inventory.
  it("is its own once the other one wants it no more, however long after", async () => {
    const { push, sync, scan, syncs, from, state } = await sharing();
    await push("web", [configMap("own")]);
    await sync("web");
    expect(from()).toBeUndefined();
    syncs.take();
    await scan();
    expect(syncs.take()).toMatchObject([{ application: "api" }]);
    await sync("api");
    expect(from()).toEqual({ from: "api" });
    expect(await state("api")).toMatchObject({ syncStatus: "Synced" });
    expect(await state("api")).not.toHaveProperty("contested");
  });

  it("is its own once the other one is withdrawn", async () => {
    const { table, scan, sync, syncs, from } = await sharing();
    await table.update({ pk: "app#web", sk: "state" }, { set: { removal: "cascade" }, add: { desiredGeneration: 1 } });
    await sync("web");
    syncs.take();
    await scan();
    expect(syncs.take()).toContainEqual(expect.objectContaining({ application: "api" }));
    await sync("api");
    expect(from()).toEqual({ from: "api" });
  });

  // Each scan began its sync anew, with its hooks, as long as that failed: only a success noted what the other one wanted by now.
  it("begins no sync anew that has failed", async () => {
    const { push, scan, sync, syncs, breakSource } = await sharing();
    await breakSource("api", "values.yaml is not there");
    await sync("api");
    await push("web", [configMap("own", { step: "2" }), shared("web")]);
    await sync("web");
    syncs.take();
    await scan();
    await scan();
    expect(syncs.take()).toEqual([]);
  });

  it("is still watched after somebody asked for a revision that there is none of", async () => {
    const { table, state, sync } = await sharing();
    const requested = { by: "ada", revision: "v9", prune: false, dryRun: false };
    const asked = { revision: "v9", problem: "there is no v9" };
    await table.update({ pk: "app#api", sk: "state" }, { set: { requested, asked }, add: { desiredGeneration: 1 } });
    const { contested } = await state("api");
    await sync("api");
    expect(await state("api")).toMatchObject({ reason: expect.stringContaining("there is no v9"), contested });
  });

  it("costs no write while all of it stands", async () => {
    const { scan, syncs, state } = await sharing();
    const before = await state("api");
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await state("api")).toEqual(before);
  });
});
