import { beforeEach, describe, expect, it } from "vitest";
import { keys } from "../../../shared/state/items.ts";
import { readOperation } from "../../../shared/state/operations.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const all = 2_100;
const asked = 2_000;
const manifests = Array.from({ length: all }, (_, index) => configMap(`settings-of-a-service-with-a-long-name-${index}`));
const resources = manifests
  .slice(0, asked)
  .map(({ metadata: { name } }) => ({ group: "", kind: "ConfigMap", namespace: "production", name }));

const worldOf = async () => {
  const world = syncWorld();
  await world.declare(anApplication({ syncPolicy: { syncOptions: ["CreateNamespace=true"] } }));
  await world.commit("web", manifests);
  const parts = async () => (await world.table.query({ pk: keys.state("web").pk, prefix: "selection#" })).items;
  const size = async (key = keys.state("web")) => JSON.stringify(await world.table.get(key)).length;
  const applied = () => world.cluster.objects().filter(({ kind }) => kind === "ConfigMap").length;
  return { ...world, parts, size, applied };
};

describe("a selection of 2,000 objects", () => {
  let world: Awaited<ReturnType<typeof worldOf>>;
  beforeEach(async () => {
    world = await worldOf();
  });

  it("was written into the state item, which is written at every step", async () => {
    await world.ask({ resources });
    expect(await world.size()).toBeLessThan(4_000);
    expect((await world.parts()).length).toBeGreaterThan(1);
    for (const part of await world.parts()) expect(JSON.stringify(part).length).toBeLessThan(130_000);
  });

  it("is synced, and nothing else; then it is forgotten", async () => {
    await world.ask({ resources });
    await world.settle();
    expect(await world.state()).toMatchObject({ phase: "Succeeded" });
    expect(world.applied()).toBe(asked);
    expect(await world.state()).not.toHaveProperty("requested");
    expect(await world.parts()).toEqual([]);
  });

  it("of which a part is lost fails the sync with a sentence, and nothing is applied", async () => {
    await world.ask({ resources });
    const [part] = await world.parts();
    await world.table.delete({ pk: part?.pk ?? "", sk: part?.sk ?? "" });
    await world.sync();
    expect(world.applied()).toBe(0);
    expect(await world.state()).toMatchObject({
      phase: "Failed",
      reason: expect.stringMatching(
        /^the objects that a sync of web was asked for \(selection \w+\) are not in the table any more.*ask for them again$/,
      ),
    });
  });

  it("is no part of the operation item either, between two steps", async () => {
    await world.commit("web", [...manifests.slice(1), configMap("last", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })]);
    await world.ask({ resources: [...resources.slice(1), { group: "", kind: "ConfigMap", namespace: "production", name: "last" }] });
    await world.sync();
    expect(await readOperation(world.table, "web")).toMatchObject({ request: { resources: { parts: expect.any(Number) } } });
    expect((await world.parts()).length).toBeGreaterThan(1);
    world.pass(2_000);
    await world.settle();
    expect(world.live("last")).toBeDefined();
    expect(world.applied()).toBe(asked);
    expect(await world.parts()).toEqual([]);
  });

  it("that another took the place of leaves nothing for longer than a month", async () => {
    await world.ask({ resources });
    const before = (await world.parts()).map(({ sk }) => sk);
    world.pass(31 * 86_400_000);
    await world.ask({ resources: resources.slice(1) });
    expect((await world.parts()).map(({ sk }) => sk).filter((sk) => before.includes(sk))).toEqual([]);
  });

  it("of an Application that is gone leaves nothing", async () => {
    expect(await world.ask({ resources }, "nobody")).toBe("gone");
    expect((await world.table.query({ pk: keys.state("nobody").pk })).items).toEqual([]);
  });
});

it("a selection of a few objects stands in the request, at the price of no other item", async () => {
  const world = await worldOf();
  await world.ask({ resources: resources.slice(0, 3) });
  expect((await world.state()).requested?.resources).toHaveLength(3);
  expect(await world.parts()).toEqual([]);
});
