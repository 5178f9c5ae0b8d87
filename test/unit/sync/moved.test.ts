import { describe, expect, it } from "vitest";
import type { Application } from "../../../shared/model/application.ts";
import { readDue } from "../../../shared/state/due.ts";
import { readInventory } from "../../../shared/state/inventories.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const id = "argocd.argoproj.io/tracking-id";
const minute = 60_000;
const own = configMap("own");
const moved = configMap("moved", { from: "other" });
const noSelfHeal = { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] };

/** `web` has ConfigMaps `own` and `moved`; `other` has nothing yet. */
const twoApplications = async (change: Partial<Application> = {}, options: Parameters<typeof syncWorld>[0] = {}) => {
  const world = syncWorld(options);
  await world.declare(anApplication());
  await world.declare(anApplication({ name: "other", ...change }));
  await world.commit("web", [own, configMap("moved", { from: "web" })]);
  await world.sync("web");
  const owned = async (name: string) => [...(await readInventory(world.table, world.artifacts, name)).keys()];
  return {
    ...world,
    owned,
    drop: () => world.commit("web", [own]),
    take: () => world.commit("other", [moved]),
    /** As if the Application's own message came when it is due. */
    comesBack: async (name = "other") => {
      const { againAt } = await world.state(name);
      if (againAt === undefined) throw new Error(`${name} does not come back`);
      world.pass(Math.max(0, againAt - world.world.clock.now()));
      await world.sync(name);
    },
    isOthers: async () => {
      expect(world.live("moved")).toMatchObject({
        data: { from: "other" },
        metadata: { annotations: { [id]: "other:/ConfigMap:production/moved" } },
      });
      expect(await world.state("other")).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
      expect((await world.state("other")).againAt).toBeUndefined();
      expect(await owned("other")).toEqual(["/ConfigMap:production/moved"]);
    },
  };
};

describe("an object that moves from one Application to another in one commit", () => {
  it("was once lost where the new one came first: left alone as the old one's, deleted by that one, and seen by nobody", async () => {
    const { drop, take, sync, live, state, owned, isOthers } = await twoApplications();
    const uid = live("moved")?.metadata.uid;
    await drop();
    await take();
    await sync("other");
    await isOthers();
    await sync("web");
    await isOthers();
    expect(live("moved")?.metadata.uid).toBe(uid);
    expect(await owned("web")).toEqual(["/ConfigMap:production/own"]);
    expect(await state("web")).toMatchObject({ syncStatus: "Synced" });
  });

  it("was once lost, too, where the commit reached the old one late: the new one comes back, and creates what was deleted", async () => {
    const { drop, take, sync, live, state, pass, table, comesBack, isOthers, world } = await twoApplications();
    await take();
    expect(await sync("other")).toMatchObject({ done: false, seconds: 120 });
    expect(await state("other")).toMatchObject({ syncStatus: "OutOfSync", reason: expect.stringContaining("belongs to Application web") });
    // The sweeper comes where that message is lost.
    expect((await readDue(table, world.clock.now() + 4 * minute)).applications).toContain("other");
    pass(minute);
    await drop();
    await sync("web");
    expect(live("moved")).toBeUndefined();
    await comesBack();
    await isOthers();
  });

  it("is taken over when the new one comes back and the old one has not been at work yet", async () => {
    const { drop, take, sync, live, comesBack, isOthers } = await twoApplications();
    await take();
    await sync("other");
    await drop();
    const uid = live("moved")?.metadata.uid;
    await comesBack();
    await sync("web");
    await isOthers();
    expect(live("moved")?.metadata.uid).toBe(uid);
  });

  it("is created by the new one where the old one came first", async () => {
    const { drop, take, sync, isOthers } = await twoApplications();
    await drop();
    await take();
    await sync("web");
    await sync("other");
    await isOthers();
  });

  it.each([
    ["deletes it", "delete ConfigMap production/moved", "other"],
    ["applies it", "apply ConfigMap production/moved", "web"],
  ])("is there in the end where one %s while the other is at it", async (_, write, meanwhile) => {
    let armed = false;
    let act = async (): Promise<void> => undefined;
    const seen: string[] = [];
    const world = await twoApplications(
      {},
      {
        before: async (call) => {
          seen.push(call);
          if (!armed || call !== write) return;
          armed = false;
          await act();
        },
      },
    );
    await world.drop();
    await world.take();
    act = async () => void (await world.sync(meanwhile));
    armed = true;
    await world.sync(meanwhile === "other" ? "web" : "other");
    expect(armed).toBe(false);
    await world.isOthers();
    await world.sync("web");
    await world.isOthers();
  });

  it("is taken over with self-heal off as well, and nothing that drifted with it", async () => {
    const { cluster, commit, drop, sync, comesBack, live, state } = await twoApplications({ syncPolicy: noSelfHeal });
    await commit("other", [moved, configMap("settings", { by: "git" })]);
    await sync("other");
    await comesBack();
    expect(await state("other")).toMatchObject({ syncStatus: "OutOfSync" });
    const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" };
    cluster.edit(at, "kubectl", (object) => ({ ...object, data: { by: "hand" } }));
    await drop();
    await comesBack();
    expect(live("moved")).toMatchObject({ data: { from: "other" } });
    expect(live("settings")).toMatchObject({ data: { by: "hand" } });
    expect(await state("other")).toMatchObject({ phase: "Succeeded", syncStatus: "OutOfSync" });
  });

  it("is left alone as long as nobody knows what the old one wants, and taken over when that is known", async () => {
    const { drop, take, sync, breakSource, comesBack, live, isOthers } = await twoApplications();
    await breakSource("web", "kustomization.yaml is broken");
    await take();
    await sync("other");
    expect(live("moved")).toMatchObject({ data: { from: "web" } });
    await drop();
    await comesBack();
    await isOthers();
  });

  it("is taken over from one that is gone, its state included", async () => {
    const { table, take, sync, isOthers } = await twoApplications();
    await table.delete({ pk: "app#web", sk: "spec" });
    await table.delete({ pk: "app#web", sk: "state" });
    await take();
    await sync("other");
    await isOthers();
  });
});

describe("an object that two Applications want for good", () => {
  it("was once never looked at again; now less and less often for half an hour, and not one look is an event or touches the cluster", async () => {
    const { take, sync, state, history, live, notices, comesBack, cluster, world } = await twoApplications();
    await take();
    await sync("other");
    const [told, sent, before] = [await history("other"), notices.sent.length, live("moved")];
    const waits: number[] = [];
    const calls = cluster.calls.length;
    for (let look = 0; look < 5; look++) {
      waits.push(((await state("other")).againAt ?? 0) - world.clock.now());
      await comesBack();
    }
    expect(waits.map((wait) => wait / minute)).toEqual([2, 2, 4, 8, 15]);
    // From then on the scan sees what the other one does.
    expect((await state("other")).againAt).toBeUndefined();
    expect(await history("other")).toEqual(told);
    expect(notices.sent).toHaveLength(sent);
    expect(live("moved")).toEqual(before);
    expect(cluster.calls.slice(calls).filter((call) => /^(apply|delete|patch|replace) ConfigMap/.test(call))).toEqual([]);
    expect(await state("other")).toMatchObject({ phase: "Succeeded", reason: expect.stringContaining("belongs to Application web") });
  });

  it("asks for no second look where a person decides when it is synced", async () => {
    const { take, ask, sync, state } = await twoApplications({ syncPolicy: { syncOptions: [] } });
    await take();
    await ask({}, "other");
    expect(await sync("other")).toEqual({ done: true });
    expect((await state("other")).againAt).toBeUndefined();
  });

  it("fails one that must not share, as ever", async () => {
    const { take, drop, sync, state, pass, isOthers } = await twoApplications({
      syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: ["FailOnSharedResource=true"] },
    });
    await take();
    await sync("other");
    expect(await state("other")).toMatchObject({ phase: "Failed", reason: expect.stringContaining("FailOnSharedResource") });
    await drop();
    pass(minute);
    await sync("other");
    await isOthers();
  });

  it("costs no reading of anybody else's state where nothing is contested", async () => {
    const { commit, sync, table } = await twoApplications();
    await commit("other", [configMap("settings")]);
    const read: string[] = [];
    const getMany = table.getMany.bind(table);
    table.getMany = async (keys) => {
      read.push(...keys.map(({ pk }) => pk));
      return getMany(keys);
    };
    await sync("other");
    expect(read).not.toContain("app#web");
  });
});
