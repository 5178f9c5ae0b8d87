import { describe, expect, it } from "vitest";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const extraneous = configMap("extra", {}, { annotations: { "argocd.argoproj.io/compare-options": "IgnoreExtraneous" } });
const other = configMap("other", { colour: "blue" });

/** `extra` was in Git, and is no more: nothing else changed. */
const dropped = async () => {
  const world = syncWorld();
  await world.declare(anApplication());
  await world.commit("web", [extraneous, other]);
  await world.settle();
  await world.commit("web", [other]);
  await world.settle();
  return world;
};

describe("an object that Git no longer has and that asks not to count (IgnoreExtraneous), with prune on", () => {
  // It was deleted with the very commit: Argo CD has nothing to sync then, and prunes it with the next thing that there is.
  it("leaves its Application Synced, and stays", async () => {
    const { live, state, sync, pass } = await dropped();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(live("extra")).toBeDefined();
    pass(60_000);
    await sync();
    expect(live("extra")).toBeDefined();
  });

  it("goes with the next commit that changes something", async () => {
    const { live, state, commit, settle } = await dropped();
    await commit("web", [configMap("other", { colour: "red" })]);
    await settle();
    expect(live("extra")).toBeUndefined();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it("goes when a person asks for a sync that prunes, and stays with one that does not", async () => {
    const { live, ask, settle } = await dropped();
    await ask({ prune: false });
    await settle();
    expect(live("extra")).toBeDefined();
    await ask({ prune: true });
    await settle();
    expect(live("extra")).toBeUndefined();
  });

  it("is not taken along when something else is healed", async () => {
    const { live, cluster, wishDrift, settle } = await dropped();
    const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "other" };
    cluster.edit(at, "kubectl-edit", (object) => ({ ...object, data: { colour: "black" } }));
    await wishDrift();
    await settle();
    expect(live("other")?.data).toEqual({ colour: "blue" });
    expect(live("extra")).toBeDefined();
  });

  it("is no reason to call an Application OutOfSync that only compares", async () => {
    const { state, live, commit, settle, declare } = await dropped();
    await declare(anApplication({ syncPolicy: { syncOptions: [] } }));
    await commit("web", [other]);
    await settle();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    expect(live("extra")).toBeDefined();
  });
});
