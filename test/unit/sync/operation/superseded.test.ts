import { describe, expect, it } from "vitest";
import type { RetryPolicy } from "../../../../shared/model/application.ts";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });
const broken: Manifest = { ...configMap("broken"), apiVersion: "nobody.example/v1", kind: "Alien" };

const automated = (retry?: RetryPolicy) =>
  anApplication({
    syncPolicy: {
      automated: { prune: true, selfHeal: true, allowEmpty: false },
      syncOptions: ["CreateNamespace=true"],
      ...(retry && { retry }),
    },
  });

const given = async (manifests: readonly Manifest[], retry?: RetryPolicy) => {
  const world = syncWorld();
  await world.declare(automated(retry));
  await world.commit("web", manifests);
  /** Seconds until each next step, until none is asked for. */
  const waits = async () => {
    const all: number[] = [];
    for (let steps = 0; steps < 20; steps++) {
      const next = await world.sync();
      if (next.done) return all;
      all.push(next.seconds);
      world.pass(next.seconds * 1000);
    }
    return all;
  };
  return { ...world, waits };
};

describe("a sync that keeps failing", () => {
  it("is tried again after 5, 10, 20, 40 and 80 seconds, and no more", async () => {
    const { waits, state } = await given([broken, configMap("settings")]);
    expect(await waits()).toEqual([5, 10, 20, 40, 80]);
    expect(await state()).toMatchObject({ phase: "Failed" });
  });

  it("is tried again as its Application's policy says", async () => {
    const retry = { limit: 4, duration: 2_000, factor: 3, maxDuration: 10_000, refresh: false };
    const { waits } = await given([broken, configMap("settings")], retry);
    expect(await waits()).toEqual([2, 6, 10, 10]);
  });

  it("is not tried again with a limit of 0", async () => {
    const { waits } = await given([broken], { limit: 0, duration: 5_000, factor: 2, maxDuration: 0, refresh: false });
    expect(await waits()).toEqual([]);
  });

  it("makes way for a newer revision at once", async () => {
    const { sync, commit, live, state } = await given([broken, configMap("settings")]);
    await sync();
    await commit("web", [configMap("settings", { v: "new" })]);
    await sync();
    expect(live("settings")).toMatchObject({ data: { v: "new" } });
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced", attempt: 0 });
  });

  it("is one entry of history for the same reason, and another for another commit", async () => {
    const { waits, commit, history } = await given([broken]);
    await waits();
    expect(await history()).toHaveLength(1);
    await commit("web", [broken, configMap("settings")]);
    await waits();
    expect(await history()).toHaveLength(2);
  });
});

describe("a hook at work", () => {
  it("is left alone by a newer revision, which follows when the hook has ended", async () => {
    const { sync, commit, live, cluster, pass, syncs } = await given([
      job("migrate", hook("PreSync")),
      configMap("settings", { v: "old" }),
    ]);
    await sync();
    pass(2_000);
    const first = live("migrate", "Job")?.metadata.uid;
    await commit("web", [job("migrate", hook("PreSync")), configMap("settings", { v: "new" })]);
    await sync();
    expect(live("migrate", "Job")?.metadata.uid).toBe(first);
    endJob(cluster, "migrate", "Complete");
    for (let steps = 0; steps < 5; steps++) {
      const next = await sync();
      pass(next.done ? 1_000 : next.seconds * 1000);
      if (live("migrate", "Job")?.metadata.uid !== first && live("migrate", "Job")) endJob(cluster, "migrate", "Complete");
    }
    expect(live("settings")).toMatchObject({ data: { v: "new" } });
    expect(syncs.sent.length).toBeLessThanOrEqual(1);
  });
});

describe("what a person asked for", () => {
  it("is not replaced by a newer revision while it is on its way", async () => {
    const waves = [configMap("a"), configMap("b", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })];
    const { ask, sync, commit, pass, live, settle } = await given(waves);
    await settle();
    await ask({ resources: [{ group: "", kind: "ConfigMap", name: "a" }] });
    await commit("web", [configMap("a", { v: "2" }), configMap("b", { v: "2" }, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })]);
    await sync();
    pass(5_000);
    await settle();
    expect(live("a")).toMatchObject({ data: { v: "2" } });
  });

  it("as a dry run changes nothing, and is done with", async () => {
    const world = syncWorld();
    await world.declare(anApplication({ syncPolicy: { syncOptions: ["CreateNamespace=true"] } }));
    await world.commit("web", [configMap("settings")]);
    await world.settle();
    await world.ask({ dryRun: true });
    await world.settle();
    expect(world.live("settings")).toBeUndefined();
    expect((await world.state()).requested).toBeUndefined();
  });
});
