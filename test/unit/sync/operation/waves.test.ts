import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { syncApplication } from "../../../../shared/sync/sync-application.ts";
import { anApplication, configMap, deployment, isReady, syncWorld } from "../../../support/sync-world.ts";

const wave = (number: number) => ({ annotations: { "argocd.argoproj.io/sync-wave": String(number) } });
const applies = (calls: readonly string[]) => calls.filter((call) => call.startsWith("apply ")).map((call) => call.slice("apply ".length));

describe("an operation of several waves", () => {
  it("does one wave a step, two seconds apart", async () => {
    const { declare, commit, sync, pass, live, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("first"), configMap("second", {}, wave(1))]);
    expect(await sync()).toMatchObject({ done: false, seconds: 2 });
    expect([live("first"), live("second")]).toEqual([expect.anything(), undefined]);
    expect(await state()).toMatchObject({ phase: "Running", reason: "Sync, wave 0 is applied" });
    pass(2_000);
    expect(await sync()).toMatchObject({ done: true });
    expect(live("second")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it.each([0, 45])("waits %i seconds between two waves where the installation says so", async (waveDelay) => {
    const { declare, commit, world } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("first"), configMap("second", {}, wave(1))]);
    expect(await syncApplication({ v: 1, application: "web" }, { ...world, waveDelay })).toMatchObject({ done: false, seconds: waveDelay });
  });

  it("begins the next wave only when the last one is healthy", async () => {
    const { declare, commit, sync, pass, live, state, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [deployment("database"), configMap("settings", {}, wave(1))]);
    await sync();
    pass(2_000);
    expect(await sync()).toMatchObject({ done: false, seconds: 1 });
    expect(live("settings")).toBeUndefined();
    expect((await state()).reason).toMatch(/^Sync, wave 0: waiting for Deployment production\/database/);
    isReady(cluster, "database");
    pass(1_000);
    await sync();
    expect(live("settings")).toBeDefined();
  });

  it("waits ever longer, half a minute at most, and for as long as it takes", async () => {
    const { declare, commit, sync, pass } = syncWorld();
    await declare(anApplication());
    await commit("web", [deployment("database"), configMap("settings", {}, wave(1))]);
    const waits: number[] = [];
    for (let step = 0; step < 30; step++) {
      const next = await sync();
      waits.push(next.done ? 0 : next.seconds);
      pass(next.done ? 0 : next.seconds * 1000);
    }
    expect(waits.slice(0, 4)).toEqual([2, 1, 1, 1]);
    expect(waits.at(-1)).toBe(30);
    expect(waits).toEqual(
      waits
        .with(0, 0)
        .toSorted((a, b) => a - b)
        .with(0, 2),
    );
  });

  it("ends as failed when a wave degrades, and begins no other", async () => {
    const { declare, commit, sync, pass, live, state, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [deployment("database"), configMap("settings", {}, wave(1))]);
    await sync();
    pass(2_000);
    isReady(cluster, "database", "ProgressDeadlineExceeded");
    await sync();
    expect(live("settings")).toBeUndefined();
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("Deployment production/database") });
  });

  it("is over when its last wave is applied, whatever becomes of it", async () => {
    const { declare, commit, settle, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings"), deployment("web", wave(1))]);
    let steps = 0;
    await settle(async (step) => {
      if ((await state()).phase === "Succeeded" && steps === 0) steps = step;
      if (step > 3) throw new Error("stop");
    }).catch(() => undefined);
    expect(steps).toBe(2);
    expect(await state()).toMatchObject({ phase: "Succeeded", health: "Progressing" });
  });

  it("goes through waves without work in one step, as long as they are healthy", async () => {
    const { declare, commit, settle, sync, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("a"), configMap("b", {}, wave(1)), configMap("c", { v: "1" }, wave(2))]);
    await settle();
    const before = cluster.calls.length;
    await commit("web", [configMap("a"), configMap("b", {}, wave(1)), configMap("c", { v: "2" }, wave(2))]);
    expect(await sync()).toEqual({ done: true });
    expect(applies(cluster.calls.slice(before))).toEqual(["ConfigMap production/c"]);
  });

  it("counts what all of its steps did in one entry of history", async () => {
    const { declare, commit, settle, history } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("a"), configMap("b", {}, wave(1)), configMap("c", {}, wave(2))]);
    await settle();
    expect(await history()).toMatchObject([{ kind: "synced", counts: { created: 3, unchanged: 0 }, objects: [{}, {}, {}] }]);
  });

  it("moves a namespace up to the first wave that needs it", async () => {
    const { declare, commit, settle, cluster } = syncWorld();
    await declare(anApplication({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: [] } }));
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "production", ...wave(5) } };
    await commit("web", [namespace, configMap("early", {}, wave(-3)), configMap("late", {}, wave(9))]);
    await settle();
    expect(applies(cluster.calls)).toEqual(["Namespace production", "ConfigMap production/early", "ConfigMap production/late"]);
  });
});

describe("a message that comes early", () => {
  it("does not shorten the wait between two waves", async () => {
    const { declare, commit, sync, pass, live } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("first"), configMap("second", {}, wave(1))]);
    await sync();
    pass(500);
    expect(await sync()).toEqual({ done: true });
    expect(live("second")).toBeUndefined();
  });
});

describe("a newer revision", () => {
  it("takes the place of an operation that waits", async () => {
    const { declare, commit, sync, pass, live, told } = syncWorld();
    await declare(anApplication());
    await commit("web", [deployment("database"), configMap("settings", { v: "old" }, wave(1))]);
    await sync();
    pass(2_000);
    await sync();
    await commit("web", [configMap("settings", { v: "new" })]);
    await sync();
    expect(live("settings")).toMatchObject({ data: { v: "new" } });
    expect(live("database", "Deployment")).toBeUndefined();
    expect(told.map(({ event }) => event)).toContain("superseded");
  });

  it("waits for the operation's end where the Application says so", async () => {
    const { declare, commit, sync, settle, pass, live, cluster } = syncWorld();
    await declare(anApplication({ annotations: { "fairlead.dev/supersede": "false" } }));
    await commit("web", [deployment("database"), configMap("settings", { v: "old" }, wave(1))]);
    await sync();
    pass(2_000);
    await sync();
    await commit("web", [deployment("database"), configMap("settings", { v: "new" }, wave(1))]);
    await sync();
    isReady(cluster, "database");
    pass(30_000);
    await sync();
    expect(live("settings")).toMatchObject({ data: { v: "old" } });
    await settle();
    expect(live("settings")).toMatchObject({ data: { v: "new" } });
  });

  it("that cannot be rendered lets the operation end first, and is told then", async () => {
    const { declare, commit, breakSource, settle, sync, syncs, live, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("first"), configMap("second", {}, wave(1))]);
    await settle(async (step) => {
      if (step === 1) await breakSource("web", "deploy/ holds no manifests");
    });
    expect(live("second")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
    expect(syncs.sent).toMatchObject([{ body: { application: "web" } }]);
    await sync();
    expect(await state()).toMatchObject({ phase: "Failed", reason: "deploy/ holds no manifests" });
  });
});
