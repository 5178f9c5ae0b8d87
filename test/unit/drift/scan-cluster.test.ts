import { describe, expect, it } from "vitest";
import { scanCluster } from "../../../shared/drift/scan-cluster.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { scanned, unreachable, withoutSelfHeal } from "../../support/drift-scanned.ts";
import { anApplication, configMap } from "../../support/sync-world.ts";

const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" };
const minute = 60_000;

describe("a scan of a cluster where nothing moved", () => {
  it("asks one list and writes nothing for the Application", async () => {
    const { scan, cluster, table, syncs, notices } = await scanned();
    const state = await table.get({ pk: "app#web", sk: "state" });
    const [calls, told] = [cluster.calls.length, notices.sent.length];
    await scan();
    expect(cluster.calls.slice(calls)).toEqual(["discover", "list ConfigMap"]);
    expect(await table.get({ pk: "app#web", sk: "state" })).toEqual(state);
    expect([syncs.sent.length, notices.sent.length]).toEqual([0, told]);
  });

  it("is made once when the schedule fires twice (F-33)", async () => {
    const { driftWorld, cluster, pass } = await scanned();
    pass(minute);
    const calls = cluster.calls.length;
    await Promise.all([scanCluster("harbor", driftWorld), scanCluster("harbor", driftWorld)]);
    expect(cluster.calls.slice(calls).filter((call) => call === "discover")).toHaveLength(1);
  });
});

describe("drift", () => {
  it("is healed by a sync where self-heal is on: a field, and an object that was deleted", async () => {
    const { scan, edit, cluster, live, sync, syncs, history } = await scanned();
    edit({ colour: "red", size: "small" });
    await scan();
    expect(syncs.take()).toEqual([{ v: 1, application: "web" }]);
    await sync();
    expect((await history())[0]).toMatchObject({
      kind: "drift-healed",
      objects: [{ fields: [{ path: "data.colour", manager: "kubectl-edit" }] }],
    });
    await cluster.delete(at, { uid: String(live("settings")?.metadata.uid), propagation: "Foreground" });
    await scan();
    await sync();
    expect(live("settings")).toMatchObject({ data: { colour: "blue" } });
  });

  it("is told once where self-heal is off, with the field, the values and who did it", async () => {
    const { scan, edit, notices, state, history, syncs, live } = await scanned(withoutSelfHeal);
    const before = notices.sent.length;
    edit({ colour: "red", size: "small" });
    await scan();
    await scan();
    expect(notices.sent).toHaveLength(before + 1);
    expect(syncs.sent).toEqual([]);
    expect(live("settings")).toMatchObject({ data: { colour: "red" } });
    const [event] = await history();
    expect(event).toMatchObject({ kind: "drift-found", trigger: "schedule" });
    expect(event?.reason).toBe('ConfigMap production/settings: data.colour is "red" instead of "blue" by kubectl-edit');
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
  });

  it("that somebody puts back by hand is over, and told again when it comes back", async () => {
    const { scan, edit, notices, state } = await scanned(withoutSelfHeal);
    edit({ colour: "red", size: "small" });
    await scan();
    const told = notices.sent.length;
    edit({ colour: "blue", size: "small" });
    await scan();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    expect(await state()).not.toHaveProperty("reason");
    edit({ colour: "red", size: "small" });
    await scan();
    expect(notices.sent).toHaveLength(told + 1);
  });

  it("in a field that ignoreDifferences name is none", async () => {
    const ignoreDifferences = [
      { group: "", kind: "ConfigMap", jsonPointers: ["/data/colour"], jqPathExpressions: [], managedFieldsManagers: [] },
    ];
    const { scan, cluster, syncs } = await scanned({ ignoreDifferences });
    cluster.edit(at, "some-controller", (object) => ({ ...object, data: { colour: "red", size: "small" } }));
    await scan();
    expect(syncs.sent).toEqual([]);
    cluster.edit(at, "some-controller", (object) => ({ ...object, data: { colour: "red", size: "large" } }));
    await scan();
    expect(syncs.sent).toHaveLength(1);
  });

  it("is not looked for while a sync is at work, or one is wished for", async () => {
    const { scan, edit, commit, syncs } = await scanned();
    await commit("web", [configMap("settings", { colour: "green", size: "small" })]);
    edit({ colour: "red", size: "small" });
    await scan();
    expect(syncs.sent).toEqual([]);
  });

  it("is no object that a refused sync never made", async () => {
    const { scan, commit, sync, pass, syncs } = await scanned(
      {},
      { refuse: ({ metadata }) => (metadata.name === "refused" ? { reason: "Invalid", message: "no" } : undefined) },
    );
    await commit("web", [configMap("settings", { colour: "blue", size: "small" }), configMap("refused")]);
    for (let attempt = 0; attempt < 6; attempt++) {
      const next = await sync();
      pass(next.done ? 0 : next.seconds * 1000);
    }
    await scan();
    expect(syncs.sent).toEqual([]);
  });
});

describe("a cluster that is down", () => {
  it("is remembered as such with the reason, and without it when it is back", async () => {
    const { scan, breakWith, facts, told } = await scanned();
    breakWith(unreachable);
    await scan();
    await scan();
    expect(await facts()).toMatchObject({ reachable: false, error: unreachable.message, version: "v1.36.3" });
    expect(told.filter(({ event }) => event === "cluster-unreachable")).toHaveLength(1);
    breakWith(undefined);
    await scan();
    expect(await facts()).toMatchObject({ reachable: true });
    expect(await facts()).not.toHaveProperty("error");
  });

  it("is none of which only the record cannot be read: that is told, and says nothing of the cluster", async () => {
    const { scan, breakWith, facts, told } = await scanned();
    await scan();
    breakWith(new Failure("ItemNewer", "clusters/harbor", "item clusters/harbor was written by a newer release"));
    await scan();
    expect(await facts()).toMatchObject({ reachable: true });
    expect(told.at(-1)).toMatchObject({ event: "scan-failed", facts: { cluster: "harbor", code: "ItemNewer" } });
  });

  it("wakes what failed meanwhile as soon as it is back", async () => {
    const { scan, breakWith, commit, sync, syncs, world, state } = await scanned();
    const { clusters } = world;
    breakWith(unreachable);
    Object.assign(world, { clusters: { connect: () => Promise.reject(unreachable) } });
    await commit("web", [configMap("settings", { colour: "green" })]);
    await sync();
    await scan();
    breakWith(undefined);
    Object.assign(world, { clusters });
    await scan();
    expect(syncs.take()).toMatchObject([{ v: 1, application: "web" }]);
    await sync();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });

  it("is not what an Application suffers from whose manifests are lost: the others are looked at", async () => {
    const { scan, edit, artifacts, state, facts, told, declare, commit, sync, cluster } = await scanned(withoutSelfHeal);
    await declare(anApplication({ name: "other", ...withoutSelfHeal }));
    await commit("other", [configMap("others", { colour: "blue" })]);
    await sync("other");
    await scan();
    const lost = `manifests/${(await state("other")).syncedOutput}`;
    const { get } = artifacts;
    artifacts.get = async (key) => (key === lost ? undefined : get(key));
    cluster.edit({ ...at, name: "others" }, "kubectl-edit", (object) => ({ ...object, data: { colour: "red" } }));
    edit({ colour: "red", size: "small" });
    await scan();
    expect(await state("web")).toMatchObject({ syncStatus: "OutOfSync", drifted: true });
    expect(await facts()).toMatchObject({ reachable: true });
    expect(told).toContainEqual({
      event: "scan-failed",
      facts: expect.objectContaining({ application: "other", code: "ArtifactMissing" }),
    });
  });
});
