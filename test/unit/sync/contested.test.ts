import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../shared/model/manifest.ts";
import type { Cluster } from "../../../shared/ports/cluster.ts";
import { readInventory } from "../../../shared/state/inventories.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

describe("an object that two Applications claim", () => {
  it("once stayed in the inventory of the one that lost it, which was then synced because of drift every few minutes, without end", async () => {
    const { declare, commit, settle, sync, wishDrift, cluster, table, artifacts } = syncWorld();
    await declare(anApplication());
    await declare(anApplication({ name: "api" }));
    await commit("web", [configMap("settings"), configMap("shared")]);
    await settle();
    // As an API server leaves it that cannot bind an apply to an object's absence, when api had looked before web created it.
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "shared" }, "argocd-controller", (live) => ({
      ...live,
      metadata: { ...live.metadata, annotations: { "argocd.argoproj.io/tracking-id": "api:/ConfigMap:production/shared" } },
    }));
    await wishDrift();
    await sync();
    expect([...(await readInventory(table, artifacts, "web")).keys()]).toEqual(["/ConfigMap:production/settings"]);
  });
});

/** The world in which `web` is synced just before the first apply of `name` by `api` arrives. */
const overtaken = async (name: string, web: readonly Manifest[], api: readonly Manifest[]) => {
  const world = syncWorld();
  const { cluster } = world;
  await world.declare(anApplication());
  await world.declare(anApplication({ name: "api" }));
  await world.commit("web", web);
  await world.commit("api", api);
  const apply: Cluster["apply"] = async (manifest, how) => {
    if (manifest.metadata.name === name && !how.dryRun) {
      Object.assign(world.world, { clusters: { connect: async () => cluster } });
      await world.sync("web");
    }
    return cluster.apply(manifest, how);
  };
  Object.assign(world.world, { clusters: { connect: async () => ({ ...cluster, apply }) } });
  await world.sync("api");
  return world;
};

describe("what one Application creates between another one's look and its apply", () => {
  // The look took 83 s, since another object's answer was slow; then the apply changed what the other one had created long before.
  it("stays its own, and the other one leaves it alone", async () => {
    const { live, state, commit, pass, sync, world, table, artifacts } = await overtaken(
      "shared",
      [configMap("shared", { from: "web" })],
      [configMap("own"), configMap("shared", { from: "api" })],
    );
    const isWebs = {
      data: { from: "web" },
      metadata: { annotations: { "argocd.argoproj.io/tracking-id": "web:/ConfigMap:production/shared" } },
    };
    expect(live("shared")).toMatchObject(isWebs);
    expect(await state("api")).toMatchObject({
      phase: "Succeeded",
      syncStatus: "OutOfSync",
      reason: "ConfigMap production/shared belongs to Application web; it was left alone",
    });
    expect([...(await readInventory(table, artifacts, "api")).keys()]).toEqual(["/ConfigMap:production/own"]);
    await commit("web", [configMap("else")]);
    pass(((await state("api")).againAt ?? 0) - world.clock.now());
    await sync("api");
    expect(live("shared")).toMatchObject({ data: { from: "api" } });
  });

  // One field manager writes for all Applications: what it applies no more is taken away.
  it("keeps its labels and its owner where it is the Namespace that the other one made sure of", async () => {
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "production", labels: { team: "web" } } };
    const { cluster } = await overtaken("production", [namespace], [configMap("own")]);
    expect(await cluster.get({ apiVersion: "v1", kind: "Namespace", namespace: "", name: "production" })).toMatchObject({
      object: {
        metadata: { labels: { team: "web" }, annotations: { "argocd.argoproj.io/tracking-id": "web:/Namespace:/production" } },
      },
    });
  });
});
