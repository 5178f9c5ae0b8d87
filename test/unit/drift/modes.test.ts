import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { scanned, unreachable, withoutSelfHeal } from "../../support/drift-scanned.ts";
import { configMap } from "../../support/sync-world.ts";

const minute = 60_000;
const reportThenHeal = (more: Readonly<Record<string, string>> = {}) => ({
  annotations: { "fairlead.dev/drift-mode": "report-then-heal", ...more },
});
const kinds = (events: readonly { readonly kind: string }[]) => events.map(({ kind }) => kind);

describe("an Application that reports before it heals", () => {
  it("tells what moved at the first look, and is healed at the next", async () => {
    const { edit, scan, sync, syncs, history, live } = await scanned(reportThenHeal());
    edit({ colour: "red", size: "small" });
    await scan();
    expect(syncs.take()).toEqual([]);
    expect((await history())[0]).toMatchObject({ kind: "drift-found", reason: expect.stringContaining("data.colour") });
    await scan();
    expect(syncs.take()).toHaveLength(1);
    await sync();
    expect(live("settings")).toMatchObject({ data: { colour: "blue" } });
    expect(kinds(await history()).slice(0, 2)).toEqual(["drift-healed", "drift-found"]);
  });

  it("is left alone for its grace, which its annotation or the installation gives", async () => {
    for (const [annotations, settings] of [
      [{ "fairlead.dev/drift-grace": "5m" }, {}],
      [{}, { grace: 5 * minute }],
    ] as const) {
      const { edit, scan, syncs } = await scanned(reportThenHeal(annotations), { settings });
      edit({ colour: "red", size: "small" });
      await scan();
      await scan(4 * minute);
      expect(syncs.take()).toEqual([]);
      await scan(minute);
      expect(syncs.take()).toHaveLength(1);
    }
  });

  it("is not healed when somebody put it back meanwhile", async () => {
    const { edit, scan, syncs, state } = await scanned(reportThenHeal());
    edit({ colour: "red", size: "small" });
    await scan();
    edit({ colour: "blue", size: "small" });
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    expect(await state()).not.toHaveProperty("driftedAt");
  });

  it("does not hide why the last operation failed, neither while it drifts nor afterwards", async () => {
    const { edit, scan, state, table } = await scanned(reportThenHeal());
    await table.update({ pk: "app#web", sk: "state" }, { set: { phase: "Failed", reason: "the path is gone" } });
    edit({ colour: "red", size: "small" });
    await scan();
    expect(await state()).toMatchObject({ drifted: true, reason: "the path is gone" });
    edit({ colour: "blue", size: "small" });
    await scan();
    expect(await state()).toMatchObject({ reason: "the path is gone" });
  });

  // What a sync leaves over on purpose keeps an Application out of sync; drift that came and went made it look synced.
  it("is as it was before when the drift is gone", async () => {
    const { edit, scan, state, table } = await scanned(reportThenHeal());
    await table.update({ pk: "app#web", sk: "state" }, { set: { syncStatus: "OutOfSync" } });
    edit({ colour: "red", size: "small" });
    await scan();
    await scan();
    edit({ colour: "blue", size: "small" });
    await scan();
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
  });
});

describe("an Application that only reports", () => {
  it("is not healed although self-heal is on, when an annotation says so", async () => {
    const { edit, scan, syncs, history } = await scanned({ annotations: { "fairlead.dev/drift-mode": "report" } });
    edit({ colour: "red", size: "small" });
    await scan();
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(kinds(await history()).filter((kind) => kind === "drift-found")).toHaveLength(1);
  });

  it("has an annotation that cannot be read among its warnings", async () => {
    const { state } = await scanned({ annotations: { "fairlead.dev/drift-mode": "sometimes" } });
    expect((await state()).warnings).toEqual([expect.stringContaining('"sometimes"')]);
  });
});

describe("what a person's tool added", () => {
  const added = { colour: "blue", size: "small", extra: "1" };

  it("is taken away where drift is healed, and named", async () => {
    const { edit, scan, sync, live, history, cluster } = await scanned();
    edit(added);
    await scan();
    await sync();
    expect(live("settings")?.data).toEqual({ colour: "blue", size: "small" });
    expect((await history())[0]).toMatchObject({
      kind: "drift-healed",
      objects: [{ fields: [{ path: "data.extra", live: '"1"', manager: "kubectl-edit" }] }],
    });
    const calls = cluster.calls.length;
    await scan();
    expect(cluster.calls.slice(calls)).toEqual(["discover", "list ConfigMap"]);
  });

  it("is told where drift is reported, and again after a commit that left it there", async () => {
    const { edit, scan, sync, commit, history, live } = await scanned(withoutSelfHeal);
    edit(added);
    await scan();
    await scan();
    expect((await history())[0]).toMatchObject({
      kind: "drift-found",
      reason: 'ConfigMap production/settings: data.extra is "1" instead of absent by kubectl-edit',
    });
    await commit("web", [configMap("settings", { colour: "green", size: "small" })]);
    await sync();
    expect(live("settings")?.data).toEqual({ colour: "green", size: "small", extra: "1" });
    await scan();
    await scan();
    expect(kinds(await history())).toEqual(["drift-found", "synced", "drift-found", "synced"]);
  });

  it("is taken away by a sync that a person asks for", async () => {
    const { edit, scan, sync, live, table } = await scanned(withoutSelfHeal);
    edit(added);
    await scan();
    await table.update({ pk: "app#web", sk: "state" }, { add: { desiredGeneration: 1 }, set: { requested: { by: "ann", prune: false } } });
    await sync();
    expect(live("settings")?.data).toEqual({ colour: "blue", size: "small" });
  });
});

describe("an entry that moved while every value stands", () => {
  it("costs one dry run once, not at every scan", async () => {
    const { cluster, at, scan, history, syncs } = await scanned(withoutSelfHeal);
    const before = (await history()).length;
    cluster.edit(at, "kubectl-edit", (object) => ({ ...object, data: { colour: "red", size: "small" } }));
    cluster.edit(at, "some-controller", (object) => ({ ...object, data: { colour: "blue", size: "small" } }));
    const calls = cluster.calls.length;
    for (let look = 0; look < 3; look++) await scan();
    expect(cluster.calls.slice(calls).filter((call) => call.startsWith("dry-run"))).toHaveLength(1);
    expect(await history()).toHaveLength(before);
    expect(syncs.take()).toEqual([]);
  });
});

describe("replicas that an autoscaler steers", () => {
  const deployment = (annotations: Readonly<Record<string, string>> = {}): Manifest => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "front", annotations },
    spec: { replicas: 2, paused: false },
  });
  const autoscaler: Manifest = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "front", namespace: "production" },
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "front" } },
  };
  const kindsOfAutoscalers = [
    { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers", namespaced: true, verbs: [] },
  ];
  const front = { apiVersion: "apps/v1", kind: "Deployment", namespace: "production", name: "front" };
  const scaled = async (manifest: Manifest, steered = true) => {
    const world = await scanned({}, { manifests: [manifest], kinds: kindsOfAutoscalers });
    if (steered) await world.cluster.apply(autoscaler, { fieldManager: "kubectl", force: true });
    world.cluster.edit(front, "kube-controller-manager", (object) => ({ ...object, spec: { replicas: 5, paused: false } }));
    return world;
  };

  it("are its own: no sync is wished for, and they are judged once", async () => {
    const { scan, syncs, cluster, live } = await scaled(deployment());
    await scan();
    const calls = cluster.calls.length;
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(cluster.calls.slice(calls)).toEqual(["discover", "list Deployment"]);
    expect(live("front", "Deployment")).toMatchObject({ spec: { replicas: 5 } });
  });

  it("are Git's where the object says so, or where nothing steers them", async () => {
    for (const world of [await scaled(deployment({ "fairlead.dev/replicas": "git" })), await scaled(deployment(), false)]) {
      await world.scan();
      expect(world.syncs.take()).toHaveLength(1);
    }
  });

  it("do not hide another field that moved", async () => {
    const { scan, syncs, cluster } = await scaled(deployment());
    cluster.edit(front, "kubectl-edit", (object) => ({ ...object, spec: { replicas: 6, paused: true } }));
    await scan();
    expect(syncs.take()).toHaveLength(1);
  });
});

describe("something that changes an object back again and again", () => {
  it("is healed ever later", async () => {
    const { edit, scan, sync, syncs } = await scanned();
    const healedAfter: number[] = [];
    for (let look = 0; look < 30; look++) {
      edit({ colour: `red-${look}`, size: "small" });
      await scan(10_000);
      if (syncs.take().length === 0) continue;
      await sync();
      healedAfter.push(look);
    }
    const pauses = healedAfter.slice(1).map((look, at) => look - (healedAfter[at] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(healedAfter.length).toBeLessThan(8);
  });
});

describe("an Application with an interval", () => {
  it("is compared when its time comes, and costs no list until then", async () => {
    const { scan, cluster } = await scanned({ annotations: { "fairlead.dev/drift-interval": "10m" } });
    const calls = cluster.calls.length;
    for (let look = 0; look < 20; look++) await scan();
    expect(cluster.calls.slice(calls).filter((call) => call === "list ConfigMap")).toHaveLength(2);
  });

  it("is compared at once when its cluster was away", async () => {
    const { scan, cluster, breakWith } = await scanned({}, { settings: { every: 60 * minute } });
    breakWith(unreachable);
    await scan();
    breakWith(undefined);
    const calls = cluster.calls.length;
    await scan();
    expect(cluster.calls.slice(calls)).toContain("list ConfigMap");
  });
});

describe("the same drift healed again and again", () => {
  it("is in history each time, and told twice within the hour", async () => {
    const { edit, scan, sync, notices, history } = await scanned();
    const before = notices.sent.length;
    for (let round = 0; round < 6; round++) {
      edit({ colour: "red", size: "small" });
      await scan(7 * minute);
      await sync();
    }
    const healed = (await history()).filter(({ kind }) => kind === "drift-healed");
    expect(healed).toHaveLength(6);
    expect(notices.sent).toHaveLength(before + 2);
    expect(healed.at(-2)?.reason).toContain("it keeps coming back: healed 2 times");
  });
});
