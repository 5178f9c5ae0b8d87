import { describe, expect, it } from "vitest";
import type { Application } from "../../../shared/model/application.ts";
import { readDue } from "../../../shared/state/due.ts";
import { dueShardOf, keys } from "../../../shared/state/items.ts";
import { standingOf } from "../../../shared/state/transitions/states.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { anApplication, configMap, deployment, isReady, syncWorld } from "../../support/sync-world.ts";

const skipping = (value: string): Application => anApplication({ annotations: { "argocd.argoproj.io/skip-reconcile": value } });
const wave = (number: number) => ({ annotations: { "argocd.argoproj.io/sync-wave": String(number) } });

describe("an Application annotated with skip-reconcile", () => {
  it("is neither looked at nor synced, and says why", async () => {
    const { declare, commit, settle, state, cluster, history } = syncWorld();
    await declare(skipping("true"));
    await commit("web", [configMap("settings")]);
    await settle();
    expect(cluster.calls).toEqual([]);
    expect(await state()).toMatchObject({ syncStatus: "Unknown" });
    expect((await state()).reason).toBe(
      "annotation argocd.argoproj.io/skip-reconcile is set: nothing is compared or synced until it is declared without",
    );
    expect((await state()).dueAt).toBeUndefined();
    expect(await history()).toEqual([]);
  });

  it("is not synced for a person who asks for it either", async () => {
    const { declare, commit, ask, settle, state, cluster } = syncWorld();
    await declare(skipping("true"));
    await commit("web", [configMap("settings")]);
    await ask();
    await settle();
    expect(cluster.calls).toEqual([]);
    expect((await state()).requested).toBeUndefined();
  });

  it.each(["1", "t", "T", "TRUE", "True"])("is left alone by %s as well, as Argo CD reads it", async (value) => {
    const { declare, commit, settle, cluster } = syncWorld();
    await declare(skipping(value));
    await commit("web", [configMap("settings")]);
    await settle();
    expect(cluster.calls).toEqual([]);
  });

  it.each(["false", "0", "yes", "not a boolean value", ""])("is synced as ever with %j", async (value) => {
    const { declare, commit, settle, live } = syncWorld();
    await declare(skipping(value));
    await commit("web", [configMap("settings")]);
    await settle();
    expect(live("settings")).toBeDefined();
  });

  it("goes on when it is declared without, from the operation that stood still", async () => {
    const { declare, commit, sync, settle, state, live, pass, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("first"), configMap("second", {}, wave(1))]);
    await sync();
    await declare(skipping("true"));
    pass(2_000);
    const calls = cluster.calls.length;
    expect(await sync()).toMatchObject({ done: false, seconds: 900 });
    expect(cluster.calls).toHaveLength(calls);
    expect(await state()).toMatchObject({ phase: "Running" });
    await declare(anApplication());
    await settle();
    expect(live("second")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it("keeps its objects when it is withdrawn with its finalizer", async () => {
    const { declare, commit, settle, sync, state, live, world } = syncWorld();
    const finalizers = ["resources-finalizer.argocd.argoproj.io"];
    await declare(anApplication({ finalizers }));
    await commit("web", [configMap("settings")]);
    await settle();
    await declare({ ...skipping("true"), finalizers });
    await wish(world.table, "web", { removal: "cascade", trigger: "registry" }, world.clock.now());
    await sync();
    expect(live("settings")).toBeDefined();
    expect((await state()).reason).toMatch(/its objects are not deleted until it is declared without$/);
  });

  it("is no longer asked for its health", async () => {
    const { declare, commit, sync, settle, state, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [deployment("api")]);
    await sync();
    expect(await state()).toMatchObject({ health: "Progressing" });
    await declare(skipping("true"));
    const calls = cluster.calls.length;
    await settle();
    expect(cluster.calls).toHaveLength(calls);
  });

  // The sweep sent a hint for it each minute, for ever: nobody looked, and nobody said so.
  it("is no longer due when nobody looks at its health any more, and settles when it is declared without", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.commit("web", [deployment("api")]);
    await world.sync();
    await world.declare(skipping("true"));
    await world.settle();
    // As it is where the annotation came without a wish to compare anew.
    await world.table.update(keys.state("web"), { set: { dueAt: world.world.clock.now() + 60_000, dueShard: dueShardOf("web") } });
    expect(standingOf(await world.state())).toBe("settling");
    await world.settle();
    expect(standingOf(await world.state())).toBe("succeeded");
    expect((await readDue(world.table, world.world.clock.now() + 86_400_000)).applications).toEqual([]);
    await world.declare(anApplication());
    await world.commit("web", [deployment("api")]);
    isReady(world.cluster, "api");
    await world.settle();
    expect(await world.state()).toMatchObject({ health: "Healthy", phase: "Succeeded" });
  });
});
