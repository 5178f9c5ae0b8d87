import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { ApplyAnswer, Cluster } from "../../../shared/ports/cluster.ts";
import { noteLate, readInventory } from "../../../shared/state/inventories.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { frozen, leaseTime } from "../../support/frozen-create.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

/** An API server that keeps its kinds in its own way, and cannot be asked to create only what is not there. */
const bindsNoCreate = ({ metadata: { uid, resourceVersion } }: Manifest): ApplyAnswer | undefined =>
  uid === undefined && resourceVersion !== undefined
    ? { state: "refused", reason: "InternalError", message: "resourceVersion should not be set on objects to be created", fields: [] }
    : undefined;

describe("an object that a worker changed after its lease was another's (F-09, F-21)", () => {
  // Git had gone back meanwhile, the next worker found what Git wanted again, and wrote nothing: so the version that the change was bound to stood still.
  it("is put back as Git wants it, though nothing is healed", async () => {
    const world = syncWorld();
    const { cluster, live, sync, commit, state } = world;
    const application = anApplication({
      syncPolicy: { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
    });
    await world.declare(application);
    await commit("web", [configMap("own", { rev: "a" })]);
    await sync();
    let froze = false;
    const apply: Cluster["apply"] = async (manifest, how) => {
      if (!how.dryRun && !froze) {
        froze = true;
        await commit("web", [configMap("own", { rev: "a" })]);
        const { fence, beat } = await state();
        world.pass(leaseTime);
        await sync("web", { fence, beat });
      }
      return cluster.apply(manifest, how);
    };
    Object.assign(world.world, { clusters: { connect: async () => ({ ...cluster, apply }) } });
    await commit("web", [configMap("own", { rev: "b" })]);
    await sync();
    expect(live("own")).toMatchObject({ data: { rev: "b" } });
    await sync();
    expect(live("own")).toMatchObject({ data: { rev: "a" } });
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });
});

describe("an object that a worker created after its lease was another's (F-09)", () => {
  // Git had dropped it, the next worker saw that it was gone, and nobody looked when it came.
  it("is pruned where Git wants it no more", async () => {
    const { live, syncs, sync, owned, told } = await frozen(async (world, takeOver) => {
      await world.commit("web", [configMap("own")]);
      await takeOver();
    });
    expect(told.map(({ event }) => event)).toContain("lease-lost");
    expect(await owned()).toEqual(["own", "late"]);
    expect(syncs.take()).toMatchObject([{ application: "web" }]);
    await sync();
    expect(live("late")).toBeUndefined();
    expect(await owned()).toEqual(["own"]);
  });

  it("is kept where Git still wants it", async () => {
    const { live, sync, owned, state } = await frozen(async (_, takeOver) => {
      await takeOver();
    });
    await sync();
    expect(live("late")).toBeDefined();
    expect((await owned()).toSorted()).toEqual(["late", "own"]);
    expect(await state()).toMatchObject({ syncStatus: "Synced", phase: "Succeeded" });
  });

  it("brings no inventory back where its Application is forgotten", async () => {
    const { table, owned } = await frozen(async ({ table, state }, takeOver) => {
      await table.update({ pk: "app#web", sk: "state" }, { set: { removal: "forget" } });
      await takeOver();
      await expect(state()).rejects.toThrow("no state of web");
    });
    expect(await owned()).toEqual([]);
    expect(table.items().some(({ sk }) => sk === "state")).toBe(false);
  });
});

describe("an object that a worker created and that another one pruned while it slept (F-09)", () => {
  // Noted late, its row stayed: something else had drifted, so nothing was done that would have dropped it.
  it("is owned no more, also where nothing is healed and something has drifted", async () => {
    const syncPolicy = { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] };
    const { declare, commit, sync, cluster, live, table, artifacts, state } = syncWorld();
    await declare(anApplication({ syncPolicy }));
    await commit("web", [configMap("own")]);
    await sync();
    const key = { group: "", kind: "ConfigMap", namespace: "production", name: "pruned" };
    const { fence } = await state();
    await noteLate(table, "web", { fence, what: "written", entry: { key, apiVersion: "v1", uid: "uid-of-pruned" } });
    const own = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "own" };
    cluster.edit(own, "kubectl-edit", (object) => ({ ...object, data: { colour: "red" } }));
    await wish(table, "web", {}, 0);
    await sync();
    expect([...(await readInventory(table, artifacts, "web")).keys()]).toEqual(["/ConfigMap:production/own"]);
    expect(live("own")?.data).toEqual({ colour: "red" });
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
  });
});

describe("an object that a worker deleted after its lease was another's (F-09)", () => {
  // Git had dropped it and brought it back; the next worker found it as it should be, and then it was gone for good.
  it("is made again where Git wants it again, also where nothing is healed", async () => {
    const syncPolicy = { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] };
    const world = syncWorld();
    const { cluster } = world;
    await world.declare(anApplication({ syncPolicy }));
    await world.commit("web", [configMap("own"), configMap("pruned")]);
    await world.sync();
    const remove: Cluster["delete"] = async (at, how) => {
      Object.assign(world.world, { clusters: { connect: async () => cluster } });
      const { fence, beat } = await world.state();
      await world.commit("web", [configMap("own"), configMap("pruned")]);
      world.pass(leaseTime);
      await world.sync("web", { fence, beat });
      return cluster.delete(at, how);
    };
    Object.assign(world.world, { clusters: { connect: async () => ({ ...cluster, delete: remove }) } });
    await world.commit("web", [configMap("own")]);
    await world.sync();
    expect(world.live("pruned")).toBeUndefined();
    expect(world.syncs.take()).toMatchObject([{ application: "web" }]);
    await world.sync();
    expect(world.live("pruned")).toBeDefined();
    expect(await world.state()).toMatchObject({ syncStatus: "Synced", phase: "Succeeded" });
  });
});

describe("an apply that arrives after its lease was another's (F-09)", () => {
  const reported = anApplication({
    syncPolicy: { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
  });

  const overNewer: Parameters<typeof frozen>[0] = async (world, takeOver) => {
    await takeOver();
    await world.commit("web", [configMap("own", { colour: "blue" }), configMap("late", { from: "newer" })]);
    await world.sync();
  };

  // Its worker saw no object, so nothing bound it to one; whoever took over made the object, and the late apply set an older
  // commit's values. It was told as drift only.
  it("changes nothing where an object stands by then", async () => {
    const { live, told, state } = await frozen(overNewer, reported);
    expect(told.map(({ event }) => event)).toContain("lease-lost");
    expect(live("late")?.data).toEqual(configMap("late", { from: "newer" }).data);
    expect(await state()).toMatchObject({ syncStatus: "Synced", phase: "Succeeded" });
  });

  it("is undone where the API server let it fall on such an object, also where nothing is healed", async () => {
    const { live, syncs, sync, state } = await frozen(overNewer, reported, bindsNoCreate);
    expect(live("late")?.data).not.toEqual(configMap("late", { from: "newer" }).data);
    expect(syncs.take()).toMatchObject([{ application: "web" }]);
    await sync();
    expect(live("late")?.data).toEqual(configMap("late", { from: "newer" }).data);
    expect(await state()).toMatchObject({ syncStatus: "Synced", phase: "Succeeded" });
  });

  // The next sync saw that it was to be pruned, and left it because self-heal was off.
  it("is pruned where Git wants its object no more, also where nothing is healed", async () => {
    const { live, sync, owned, state } = await frozen(async (world, takeOver) => {
      await world.commit("web", [configMap("own")]);
      await takeOver();
    }, reported);
    await sync();
    expect(live("late")).toBeUndefined();
    expect(await owned()).toEqual(["own"]);
    expect(await state()).toMatchObject({ syncStatus: "Synced", phase: "Succeeded" });
  });

  it("brings nothing back that people changed where nothing is healed", async () => {
    const { live, sync, cluster } = await frozen(async (world, takeOver) => {
      await takeOver();
      await world.commit("web", [configMap("own", { colour: "blue" }), configMap("late", { from: "newer" })]);
      await world.sync();
    }, reported);
    const own = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "own" };
    cluster.edit(own, "kubectl-edit", (object) => ({ ...object, data: { colour: "red" } }));
    await sync();
    expect(live("own")?.data).toEqual({ colour: "red" });
    expect(live("late")?.data).toEqual(configMap("late", { from: "newer" }).data);
  });
});

describe("what a worker declared after its lease was another's (F-09)", () => {
  // It declared what an older commit said, over what a newer one had said meanwhile.
  it("is compared with what Git says once more", async () => {
    const world = syncWorld({
      registry: {
        claims: () => false,
        withdraw: async () => 0,
        apply: async () => {
          await world.table.update({ pk: "app#web", sk: "state" }, { set: { owner: "next" }, add: { fence: 1, beat: 1 } });
          world.pass(leaseTime);
          return { results: [] };
        },
      },
    });
    await world.declare(anApplication());
    await world.commit("web", [configMap("own")]);
    const { desiredGeneration } = await world.state();
    await world.sync();
    expect(world.told.map(({ event }) => event)).toContain("lease-lost");
    expect(world.syncs.take()).toMatchObject([{ application: "web" }]);
    expect((await world.state()).desiredGeneration).toBe(desiredGeneration + 1);
  });
});
