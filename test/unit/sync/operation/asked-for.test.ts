import { describe, expect, it } from "vitest";
import { Failure } from "../../../../shared/model/failure.ts";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { anApplication, configMap, deployment, endJob, isReady, job, syncWorld } from "../../../support/sync-world.ts";

const wave = (number: number) => ({ annotations: { "argocd.argoproj.io/sync-wave": String(number) } });
const hook = (name: string, phase: string) => job(name, { annotations: { "argocd.argoproj.io/hook": phase } });
const manual = anApplication({ syncPolicy: { syncOptions: ["CreateNamespace=true"] } });
const retryingOnce = anApplication({
  syncPolicy: { ...anApplication().syncPolicy, retry: { limit: 1, duration: 1_000, factor: 1, maxDuration: 1_000, refresh: false } },
});
const onlyA = [{ group: "", kind: "ConfigMap", namespace: "production", name: "a" }];

const worldOf = async (application = anApplication(), manifests: readonly Manifest[] = []) => {
  const given = syncWorld();
  await given.declare(application);
  if (manifests.length > 0) await given.commit("web", manifests);
  const fail = () => {
    if (given.live("check", "Job")) endJob(given.cluster, "check", "Failed", "no");
  };
  return { ...given, fail };
};

describe("what a person asked for", () => {
  it("was superseded by itself at every step: hooks ran again and again", async () => {
    const migrate = { ...hook("", "PreSync"), metadata: { ...hook("", "PreSync").metadata, generateName: "migrate-" } };
    const world = await worldOf(manual, [migrate, deployment("slow", wave(0)), configMap("late", {}, wave(1))]);
    await world.ask();
    await world.settle((step) => {
      for (const { kind, metadata } of world.cluster.objects()) if (kind === "Job") endJob(world.cluster, metadata.name, "Complete");
      if (step === 15) isReady(world.cluster, "slow");
    });
    expect(world.cluster.calls.filter((call) => call.startsWith("create Job"))).toHaveLength(1);
    expect(world.told.map(({ event }) => event)).not.toContain("superseded");
    expect(await world.state()).toMatchObject({ phase: "Succeeded" });
  });

  it("outlived its retries: the next push was synced as that person's", async () => {
    const world = await worldOf(retryingOnce, [configMap("a")]);
    await world.settle();
    await world.commit("web", [configMap("a", { v: "2" }), hook("check", "PostSync")]);
    await world.ask();
    await world.settle(world.fail);
    expect(await world.state()).not.toHaveProperty("requested");
    await world.commit("web", [configMap("a", { v: "3" })]);
    await world.settle();
    expect((await world.history())[0]).toMatchObject({ kind: "synced", trigger: "push" });
  });

  it("kept the rest of a commit from being synced, where it was a selection", async () => {
    const world = await worldOf(anApplication(), [configMap("a"), configMap("b")]);
    await world.ask({ resources: onlyA });
    await world.settle();
    expect([world.live("a"), world.live("b")]).toEqual([expect.anything(), undefined]);
    expect(world.syncs.sent).toMatchObject([{ body: { application: "web" } }]);
    expect(await world.state()).toMatchObject({ dueAt: expect.any(Number) });
    await world.settle();
    expect(world.live("b")).toBeDefined();
    expect(await world.state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it("to end, when there is nothing to end any more, turned a success into a failure", async () => {
    const world = await worldOf(anApplication(), [configMap("a")]);
    await world.settle();
    await world.wishTermination();
    await world.settle();
    expect(await world.state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await world.state()).not.toHaveProperty("terminate");
  });
});

describe("a push", () => {
  it("that met drift ended as synced although its PostSync hook had failed", async () => {
    const world = await worldOf(retryingOnce, [configMap("a")]);
    await world.settle();
    await world.wishDrift();
    await world.commit("web", [configMap("a", { v: "2" }), hook("check", "PostSync")]);
    await world.settle(world.fail);
    expect(await world.state()).toMatchObject({ phase: "Failed", syncStatus: "OutOfSync" });
    expect((await world.history())[0]).toMatchObject({ kind: "failed", trigger: "push" });
  });

  it("pruned later waves before the objects of earlier ones were there", async () => {
    const world = await worldOf(anApplication(), [
      configMap("old-0", {}, wave(0)),
      configMap("old-1", {}, wave(1)),
      configMap("old-2", {}, wave(2)),
    ]);
    await world.settle();
    const before = world.cluster.calls.length;
    await world.commit("web", [configMap("new-0", {}, wave(0)), configMap("new-1", {}, wave(1)), configMap("new-2", {}, wave(2))]);
    await world.settle();
    const writes = world.cluster.calls.slice(before).filter((call) => /^(apply|delete) ConfigMap/.test(call));
    expect(writes.map((call) => call.replace(" ConfigMap production/", " "))).toEqual([
      "delete old-2",
      "apply new-0",
      "delete old-1",
      "apply new-1",
      "delete old-0",
      "apply new-2",
    ]);
  });

  it("whose first step broke off among its hooks deleted the running ones and ran them again", async () => {
    let broken = true;
    const { declare, commit, sync, pass, cluster, state } = syncWorld({
      before: (call) => {
        if (!broken || !call.startsWith("create Job production/second")) return;
        broken = false;
        throw new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached: connection reset.");
      },
    });
    await declare(anApplication());
    await commit("web", [hook("first", "PreSync"), hook("second", "PreSync"), configMap("a")]);
    await sync();
    expect(await state()).toMatchObject({ phase: "Running", reason: expect.stringContaining("cannot be reached") });
    pass(60_000);
    await sync();
    expect(cluster.calls.filter((call) => call === "create Job production/first")).toHaveLength(1);
    expect(cluster.calls.filter((call) => call.startsWith("delete Job"))).toEqual([]);
  });

  it("that failed for good quoted its own reason within itself at each drift", async () => {
    const world = await worldOf(retryingOnce, [configMap("a"), hook("check", "PostSync")]);
    await world.settle(world.fail);
    const { reason } = await world.state();
    for (let round = 0; round < 2; round++) {
      const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "a" };
      world.cluster.edit(at, "kubectl-edit", (live) => ({ ...live, data: { round: String(round) } }));
      await world.wishDrift();
      await world.settle();
      expect((await world.state()).reason).toBe(reason);
    }
  });
});
