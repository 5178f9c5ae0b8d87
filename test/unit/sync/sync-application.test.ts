import { describe, expect, it } from "vitest";
import { trackingAnnotation } from "../../../shared/diff/tracking.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { readEvent } from "../../../shared/state/events.ts";
import { keys } from "../../../shared/state/items.ts";
import { isBareFence } from "../../support/bare-fence.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

describe("syncing an Application", () => {
  it("applies what a commit asks for, into the destination's namespace, with a tracking id", async () => {
    const { declare, commit, sync, live, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings", { colour: "blue" })]);
    await sync();
    expect(live("settings")).toMatchObject({
      metadata: { namespace: "production", annotations: { [trackingAnnotation]: "web:/ConfigMap:production/settings" } },
      data: { colour: "blue" },
    });
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced", health: "Healthy" });
    expect(await state()).not.toHaveProperty("owner");
  });

  it("writes nothing to the cluster when the next commit renders the same", async () => {
    const { declare, commit, sync, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")], "one");
    await sync();
    const before = cluster.calls.filter((call) => call.startsWith("apply")).length;
    await commit("web", [configMap("settings")], "two");
    await sync();
    expect(cluster.calls.filter((call) => call.startsWith("apply"))).toHaveLength(before);
  });

  it("deletes what Git no longer has", async () => {
    const { declare, commit, sync, live, history } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("old"), configMap("kept")]);
    await sync();
    await commit("web", [configMap("kept")]);
    await sync();
    expect(live("old")).toBeUndefined();
    expect(live("kept")).toBeDefined();
    expect((await history())[0]?.counts).toMatchObject({ deleted: 1, unchanged: 1 });
  });

  it("refuses to delete everything when the render came back empty", async () => {
    const { declare, commit, sync, live, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await sync();
    await commit("web", []);
    await sync();
    expect(live("settings")).toBeDefined();
    expect((await state()).reason).toContain("allowEmpty");
  });

  it("leaves an object alone that another Application tracks, and names it", async () => {
    const { declare, commit, sync, live, state } = syncWorld();
    await declare(anApplication());
    await declare(anApplication({ name: "other" }));
    await commit("other", [configMap("shared", { owner: "other" })]);
    await sync("other");
    await commit("web", [configMap("shared", { owner: "web" })]);
    await sync();
    expect(live("shared")).toMatchObject({ data: { owner: "other" } });
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "OutOfSync" });
    expect((await state()).reason).toContain("belongs to Application other");
  });

  it("has an object in the inventory before it is in the cluster", async () => {
    let atCreate: unknown;
    const { declare, commit, sync, table } = syncWorld({
      before: async (call) => {
        if (call === "apply ConfigMap production/settings") atCreate = await table.get({ pk: "app#web", sk: "inventory" });
      },
    });
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await sync();
    expect(atCreate).toMatchObject({ rows: [["/ConfigMap:production/settings", "v1", "", "", "", ""]] });
  });

  it("tries a refused object again five times, doubling from five seconds, and then waits for a commit", async () => {
    const { declare, commit, sync, pass } = syncWorld({
      refuse: ({ metadata }) => (metadata.name === "settings" ? { reason: "Invalid", message: "data: no" } : undefined),
    });
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    const delays: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      const next = await sync();
      if (next.done) break;
      delays.push(next.seconds);
      pass(next.seconds * 1000);
    }
    expect(delays).toEqual([5, 10, 20, 40, 80]);
  });

  it("tells people once although it fails five times for the same reason", async () => {
    const { declare, commit, sync, pass, notices } = syncWorld({ refuse: () => ({ reason: "Forbidden", message: "denied by policy" }) });
    await declare(anApplication({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: [] } }));
    await commit("web", [configMap("settings")]);
    for (let attempt = 0; attempt < 4; attempt++) {
      const next = await sync();
      pass(next.done ? 0 : next.seconds * 1000);
    }
    expect(notices.sent).toHaveLength(1);
  });

  it("was due for ever when whoever forgot it died between declaration and state", async () => {
    const { declare, sync, table } = syncWorld();
    await declare(anApplication());
    await table.update(keys.state("web"), { set: { removal: "forget" } });
    await table.update(keys.state("web"), { set: { forgetting: true } });
    await table.delete(keys.spec("web"));
    await sync();
    expect((await table.query({ pk: "app#web" })).items.filter((item) => !isBareFence(item))).toEqual([]);
  });

  it("tells that an operation of several waves has begun, and keeps one entry of it in history", async () => {
    const { declare, commit, settle, notices, history, table } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("first"), configMap("second", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })]);
    await settle();
    const told = await Promise.all(notices.sent.map(({ body }) => readEvent(table, "web", body.event)));
    expect(told.map((item) => item?.event.kind)).toEqual(["running", "synced"]);
    expect(new Set(told.map((item) => item?.event.operation)).size).toBe(1);
    expect((await history()).map(({ kind }) => kind)).toEqual(["synced"]);
  });

  it("tells once that Git has moved where nothing is applied by itself", async () => {
    const { declare, commit, sync, history, live } = syncWorld();
    await declare(anApplication({ syncPolicy: { syncOptions: ["CreateNamespace=true"] } }));
    await commit("web", [configMap("settings")], "one");
    await sync();
    await commit("web", [configMap("settings"), configMap("more")], "two");
    await sync();
    expect(live("settings")).toBeUndefined();
    expect(await history()).toMatchObject([{ kind: "out-of-sync", reason: expect.stringContaining("1 object differs from Git") }]);
  });

  it("told of an outage twice when a second commit met it in other words", async () => {
    let words = "connection refused";
    const { declare, commit, sync, notices } = syncWorld({
      before: () => {
        throw new Failure("ClusterUnreachable", "harbor", words);
      },
    });
    await declare(anApplication());
    await commit("web", [configMap("settings")], "one");
    await sync();
    words = "connection reset";
    await commit("web", [configMap("settings")], "two");
    await sync();
    expect(notices.sent).toHaveLength(1);
  });

  it("does not start the next wave after a failure in this one", async () => {
    const wave = (number: string) => ({ annotations: { "argocd.argoproj.io/sync-wave": number } });
    const { declare, commit, sync, live } = syncWorld({
      refuse: ({ metadata }) => (metadata.name === "first" ? { reason: "Invalid", message: "no" } : undefined),
    });
    await declare(anApplication());
    await commit("web", [configMap("second", {}, wave("2")), configMap("first", {}, wave("1"))]);
    await sync();
    expect(live("second")).toBeUndefined();
  });

  it("only compares where sync is manual, and acts when somebody asks", async () => {
    const { declare, commit, sync, live, state } = syncWorld();
    await declare(anApplication({ syncPolicy: { syncOptions: [] } }));
    await commit("web", [configMap("settings")]);
    await sync();
    expect(live("settings")).toBeUndefined();
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
  });

  it("comes back no sooner than an API server that is busy asks, and not all at once (F-15)", async () => {
    const busy = new Failure("ClusterBusy", "harbor", "Cluster harbor is busy (HTTP 429): too many requests", { retryAfter: 120 });
    const { declare, commit, sync } = syncWorld({ clusters: { connect: () => Promise.reject(busy) } });
    const seconds = new Set<number>();
    for (const name of ["web", "shop", "ferry"]) {
      await declare(anApplication({ name }));
      await commit(name, [configMap("settings")]);
      const next = await sync(name);
      seconds.add(next.done ? 0 : next.seconds);
    }
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(120);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(180);
    expect(seconds.size).toBeGreaterThan(1);
  });

  it("looks again a lease time later when another worker holds the Application", async () => {
    const { declare, commit, sync, world } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await world.table.update({ pk: "app#web", sk: "state" }, { set: { owner: "somebody", fence: 7, beat: 3 } });
    const again = { v: 1, application: "web", saw: { fence: 7, beat: 3 } };
    expect(await sync()).toEqual({ done: false, again, seconds: 90, group: "default" });
  });

  it("takes over from a worker whose beat has not moved, and not from one whose beat has", async () => {
    const { declare, commit, sync, world, live } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await world.table.update({ pk: "app#web", sk: "state" }, { set: { owner: "somebody", fence: 7, beat: 4 } });
    await sync("web", { fence: 7, beat: 3 });
    expect(live("settings")).toBeUndefined();
    await sync("web", { fence: 7, beat: 4 });
    expect(live("settings")).toBeDefined();
  });

  it("names the fields that a hand in the cluster moved, and puts them back", async () => {
    const { declare, commit, sync, cluster, live, history, world } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings", { colour: "blue" })]);
    await sync();
    const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" };
    cluster.edit(at, "kubectl-edit", (object) => ({ ...object, data: { colour: "red" } }));
    await world.table.update(
      { pk: "app#web", sk: "state" },
      { add: { desiredGeneration: 1 }, set: { drifted: true, trigger: "self-heal" } },
    );
    await sync();
    expect(live("settings")).toMatchObject({ data: { colour: "blue" } });
    const [event] = await history();
    expect(event).toMatchObject({ kind: "drift-healed", trigger: "self-heal" });
    expect(event?.objects[0]?.fields?.[0]).toMatchObject({ path: "data.colour", desired: '"blue"', live: '"red"' });
  });
});
