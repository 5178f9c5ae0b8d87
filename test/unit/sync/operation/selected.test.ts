import { describe, expect, it } from "vitest";
import { anApplication, configMap, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });
const wave = (number: number) => ({ annotations: { "argocd.argoproj.io/sync-wave": String(number) } });
const only = (...names: readonly string[]) => ({ resources: names.map((name) => ({ group: "", kind: "ConfigMap", name })) });

/** Nothing is synced by itself; `a` and `b` stand as version 1, Git has version 2, and a hook. */
const given = async () => {
  const world = syncWorld();
  await world.declare(anApplication({ syncPolicy: { syncOptions: ["CreateNamespace=true"] } }));
  await world.commit("web", [configMap("a", { v: "1" }), configMap("b", { v: "1" }), configMap("old")]);
  await world.ask();
  await world.settle();
  await world.commit("web", [
    configMap("a", { v: "2" }),
    configMap("b", { v: "2" }, wave(3)),
    configMap("c", { v: "2" }),
    job("migrate", hook("PreSync")),
  ]);
  await world.settle();
  return world;
};

describe("a sync of selected objects", () => {
  it("touches them alone, runs no hooks, and leaves the Application OutOfSync while others differ", async () => {
    const { ask, settle, live, state } = await given();
    await ask(only("a"));
    await settle();
    expect([live("a"), live("b")]).toMatchObject([{ data: { v: "2" } }, { data: { v: "1" } }]);
    expect([live("c"), live("migrate", "Job")]).toEqual([undefined, undefined]);
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "OutOfSync" });
  });

  it("does not wait for waves in which nothing is selected", async () => {
    const { ask, sync, live } = await given();
    await ask(only("b"));
    expect(await sync()).toMatchObject({ done: true });
    expect(live("b")).toMatchObject({ data: { v: "2" } });
  });

  it("prunes a selected object that Git no longer has, where pruning was asked for", async () => {
    const { ask, settle, live } = await given();
    await ask(only("old"));
    await settle();
    expect(live("old")).toBeDefined();
    await ask({ ...only("old"), prune: true });
    await settle();
    expect(live("old")).toBeUndefined();
  });

  it("makes the Application Synced once the last one that differs was selected", async () => {
    const { ask, settle, state } = await given();
    await ask(only("a", "b", "c"));
    await settle();
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
    await ask({ ...only("old"), prune: true });
    await settle();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });

  it("forgets nothing of what it owns but did not touch", async () => {
    const { ask, settle, live } = await given();
    await ask(only("a"));
    await settle();
    await ask({ prune: true, strategy: { kind: "apply", force: false } });
    await settle();
    expect([live("old"), live("c")]).toMatchObject([undefined, {}]);
  });
});

describe("a sync with the strategy apply", () => {
  it("applies everything and runs no hooks", async () => {
    const { ask, settle, live, state } = await given();
    await ask({ prune: true, strategy: { kind: "apply", force: false } });
    await settle();
    expect(live("migrate", "Job")).toBeUndefined();
    expect(live("c")).toBeDefined();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });
});
