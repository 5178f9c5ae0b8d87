import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Application } from "../../shared/model/application.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const given = async (manifests: readonly Manifest[], change: Partial<Application> = {}) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application(change));
  await world.commit("web", manifests);
  await world.ended();
  const written = world.writes.length;
  return {
    ...world,
    later: () => world.writes.slice(written),
    value: (name: string) => world.field(`configmap/${name}`, "{.data.v}"),
    byHand: (name: string, v: string) => world.by("patch", "configmap", name, "--type=merge", "-p", JSON.stringify({ data: { v } })),
  };
};
const manual: Partial<Application> = { syncPolicy: { syncOptions: [] } };

describe("self-heal", () => {
  it("brings back what somebody changed by hand, that object alone, and runs no hooks", async () => {
    const { byHand, wishDrift, ended, value, later, names } = await given([
      realJob("migrate", argo({ hook: "PreSync", "hook-delete-policy": "HookSucceeded" })),
      configMap("a", { v: "1" }),
      configMap("b", { v: "1" }),
    ]);
    await byHand("a", "by hand");
    await wishDrift();
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await value("a")).toBe("1");
    expect(later()).toEqual(["apply ConfigMap a"]);
    expect(await names("jobs")).toEqual([]);
  });

  it("brings back what somebody deleted", async () => {
    const { by, wishDrift, ended, value } = await given([configMap("a", { v: "1" }), configMap("b", { v: "1" })]);
    await by("delete", "configmap", "a");
    await wishDrift();
    await ended();
    expect(await value("a")).toBe("1");
  });

  it("does not wait for waves of what did not drift, though they are not healthy", async () => {
    const { byHand, wishDrift, ended, value } = await given([
      configMap("late", { v: "1" }, argo({ "sync-wave": "1" })),
      realDeployment("web", argo({ "sync-wave": "2" }), "hang"),
      configMap("early", { v: "1" }),
    ]);
    await byHand("early", "x");
    await byHand("late", "x");
    await wishDrift();
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect([await value("early"), await value("late")]).toEqual(["1", "1"]);
  });

  it("stays its hand where it is off, and says what differs", async () => {
    const off = { syncPolicy: { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: [] } };
    const { byHand, wishDrift, ended, value } = await given([configMap("a", { v: "1" })], off);
    await byHand("a", "by hand");
    await wishDrift();
    expect(await ended()).toMatchObject({ syncStatus: "OutOfSync", reason: expect.stringContaining("1 object differs from Git") });
    expect(await value("a")).toBe("by hand");
  });
});

describe("an Application that is synced by hand", () => {
  it("changes nothing until somebody asks, and then runs its hooks", async () => {
    const { ask, ended, names, state } = await given([realJob("migrate", argo({ hook: "PreSync" })), configMap("a")], manual);
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
    expect(await names("configmaps,jobs")).toEqual([]);
    await ask();
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps,jobs")).toEqual(["configmap/a", "job.batch/migrate"]);
  });

  it("applies selected objects alone, without hooks, and is OutOfSync while others differ", async () => {
    const { ask, ended, names } = await given([realJob("migrate", argo({ hook: "PreSync" })), configMap("a"), configMap("b")], manual);
    await ask({ resources: [{ group: "", kind: "ConfigMap", name: "a" }] });
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "OutOfSync" });
    expect(await names("configmaps,jobs")).toEqual(["configmap/a"]);
    await ask({ resources: [{ group: "", kind: "ConfigMap", name: "b" }] });
    expect(await ended()).toMatchObject({ syncStatus: "Synced" });
  });

  it("prunes only where the request says so", async () => {
    const { ask, ended, commit, names } = await given([configMap("a"), configMap("old")], manual);
    await ask();
    await ended();
    await commit("web", [configMap("a")]);
    await ask();
    expect(await ended()).toMatchObject({ syncStatus: "OutOfSync" });
    expect(await names("configmaps")).toEqual(["configmap/a", "configmap/old"]);
    await ask({ prune: true });
    expect(await ended()).toMatchObject({ syncStatus: "Synced" });
    expect(await names("configmaps")).toEqual(["configmap/a"]);
  });
});

describe("a rollback", () => {
  const good = [configMap("a", { v: "good" })];
  const bad = [configMap("a", { v: "bad" }), configMap("extra")];

  it("applies what stood before, prunes what came after, and is what drift is healed towards", async () => {
    const { commit, ended, rollBackTo, byHand, wishDrift, names, value } = await given(good);
    await commit("web", bad);
    await ended();
    await rollBackTo(good);
    expect(await ended()).toMatchObject({ syncStatus: "OutOfSync", reason: expect.stringContaining("Git still says otherwise") });
    expect([await value("a"), ...(await names("configmaps"))]).toEqual(["good", "configmap/a"]);
    await byHand("a", "by hand");
    await wishDrift();
    await ended();
    expect(await value("a")).toBe("good");
    await commit("web", [configMap("a", { v: "mended" })]);
    expect(await ended()).toMatchObject({ syncStatus: "Synced" });
    expect(await value("a")).toBe("mended");
  });

  it("gets past a revision whose hook fails again and again", async () => {
    const { commit, ended, rollBackTo, value } = await given(good);
    await commit("web", [realJob("migrate", argo({ hook: "PreSync" }), "fail"), ...bad]);
    expect(await ended()).toMatchObject({ phase: "Failed" });
    await rollBackTo(good);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "OutOfSync" });
    expect(await value("a")).toBe("good");
  });
});

describe("unchanged objects", () => {
  it("are not written again (ApplyOutOfSyncOnly is how we always do it)", async () => {
    const { commit, ended, later } = await given([configMap("a", { v: "1" }), configMap("b", { v: "1" }), realDeployment("web")]);
    await commit("web", [configMap("a", { v: "1" }), configMap("b", { v: "2" }), realDeployment("web")]);
    expect(await ended()).toMatchObject({ syncStatus: "Synced" });
    expect(later()).toEqual(["apply ConfigMap b"]);
  });
});

describe("a newer revision", () => {
  it("takes the place of an operation that waits for what never becomes healthy (F-19, F-20)", async () => {
    const { commit, until, ended, names } = await given([configMap("a")]);
    await commit("web", [realDeployment("web", {}, "hang"), configMap("after", {}, argo({ "sync-wave": "1" }))]);
    await until(({ reason }) => reason?.includes("waiting for Deployment") ?? false);
    await commit("web", [realDeployment("web"), configMap("after", {}, argo({ "sync-wave": "1" }))]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps")).toEqual(["configmap/after"]);
  });
});
