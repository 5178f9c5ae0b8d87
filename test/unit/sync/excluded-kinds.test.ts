import { describe, expect, it } from "vitest";
import { orphanedResources } from "../../../shared/drift/orphaned-resources.ts";
import type { Application } from "../../../shared/model/application.ts";
import type { ResourceFilter } from "../../../shared/model/resource-filter.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { previewSync } from "../../../shared/sync/preview.ts";
import { settings } from "../../support/cluster-settings.ts";
import { scanned } from "../../support/drift-scanned.ts";
import { anApplication, configMap, deployment, isReady, job } from "../../support/sync-world.ts";

const excluding = (...kinds: readonly string[]): { readonly filter: ResourceFilter } => ({
  filter: { exclusions: [{ apiGroups: [], kinds, clusters: [] }], inclusions: [] },
});
const front = { apiVersion: "apps/v1", kind: "Deployment", namespace: "production", name: "front" };
const git = [configMap("settings"), deployment("front")];

/** An Application that is synced and Healthy, and then ConfigMaps, or what is said, are excluded. */
const thenExcluded = async (change: Partial<Application> = {}, ...kinds: readonly string[]) => {
  const world = await scanned(change, { manifests: git });
  isReady(world.cluster, "front");
  await settings(world.table, excluding(...(kinds.length === 0 ? ["ConfigMap"] : kinds)));
  const from = world.cluster.calls.length;
  return { ...world, calls: () => world.cluster.calls.slice(from) };
};
const isAbout = (kind: string) => (call: string) => call.includes(kind);

describe("objects of an excluded kind", () => {
  it("that Git has are left out with a warning, hooks among them, and the rest is synced", async () => {
    const { commit, sync, state, live, calls } = await thenExcluded({}, "ConfigMap", "Job");
    const hook = job("migrate", { annotations: { "argocd.argoproj.io/hook": "PreSync" } });
    await commit("web", [configMap("settings", { colour: "red" }), hook, deployment("front"), deployment("back")]);
    await sync();
    expect(live("settings")).toMatchObject({ data: {} });
    expect(live("back", "Deployment")).toBeDefined();
    expect(calls().filter((call) => isAbout("ConfigMap")(call) || isAbout("Job")(call))).toEqual([]);
    expect(await state()).toMatchObject({
      phase: "Succeeded",
      syncStatus: "Synced",
      warnings: expect.arrayContaining([expect.stringContaining("ConfigMap settings: argocd-cm excludes its kind")]),
    });
  });

  it("are not pruned when Git drops them, and are again when their kind is excluded no more", async () => {
    const { table, commit, sync, state, live } = await thenExcluded();
    await commit("web", [deployment("front")]);
    await sync();
    expect(live("settings")).toBeDefined();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    await settings(table, {});
    await commit("web", [deployment("front"), deployment("back")]);
    await sync();
    expect(live("settings")).toBeUndefined();
  });

  it("are not compared: what moves in them is no drift, and no list asks for them", async () => {
    const { edit, scan, syncs, state, calls } = await thenExcluded();
    edit({ colour: "red" });
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    expect(calls().filter(isAbout("ConfigMap"))).toEqual([]);
  });

  it("do not count in the Application's health", async () => {
    const { table, cluster, scan, state, live } = await thenExcluded({}, "Deployment");
    await cluster.delete(front, { uid: String(live("front", "Deployment")?.metadata.uid), propagation: "Background" });
    await settings(table, excluding("Deployment"));
    await scan();
    expect(await state()).toMatchObject({ syncStatus: "Synced", health: expect.not.stringMatching("Missing") });
  });

  it("are no orphans", async () => {
    const { cluster, driftWorld } = await thenExcluded();
    await cluster.apply(configMap("left", {}, { namespace: "production" }), { fieldManager: "kubectl", force: true });
    await cluster.apply(
      { ...deployment("stray"), metadata: { name: "stray", namespace: "production" } },
      { fieldManager: "kubectl", force: true },
    );
    const { orphans } = await orphanedResources(anApplication(), "harbor", driftWorld);
    expect(orphans.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["Deployment stray"]);
  });

  it("are not shown by what a sync would change", async () => {
    const { commit, state, world } = await thenExcluded();
    await commit("web", [configMap("settings", { colour: "red" }), configMap("more"), deployment("front")]);
    const { results } = await previewSync(anApplication(), await state(), { ...world, claims: () => false });
    expect(results.map(({ key, action }) => `${key.kind} ${action}`)).toEqual(["Deployment unchanged"]);
  });

  it("stay when their Application goes with its objects", async () => {
    const { declare, sync, pass, live, table } = await thenExcluded();
    await declare(anApplication({ finalizers: ["resources-finalizer.argocd.argoproj.io"] }));
    await wish(table, "web", { removal: "cascade" }, 1_700_000_000_000);
    for (let step = 0; step < 5; step++) {
      await sync();
      pass(10_000);
    }
    expect(live("front", "Deployment")).toBeUndefined();
    expect(live("settings")).toBeDefined();
    expect(await table.get({ pk: "app#web", sk: "spec" })).toBeUndefined();
  });

  it("do not keep an empty render from being refused, nor make one of what is left", async () => {
    const { commit, sync, state } = await thenExcluded();
    await commit("web", [configMap("settings")]);
    await sync();
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("delete all 1 that it owns") });
  });
});

describe("a rule that names clusters", () => {
  it("holds by the cluster's name, and by the address that it is registered with", async () => {
    const on = async (cluster: string) => {
      const world = await scanned({}, { manifests: git });
      const { clusters } = world.driftWorld;
      Object.assign(world.world, { clusters: { ...clusters, addresses: async () => ["https://10.0.0.1:6443"] } });
      await settings(world.table, { filter: { exclusions: [{ apiGroups: [""], kinds: [], clusters: [cluster] }], inclusions: [] } });
      await world.commit("web", [configMap("settings", { colour: "red" }), deployment("front")]);
      await world.sync();
      return world.live("settings")?.data;
    };
    expect(await on("https://10.0.*")).toEqual({});
    expect(await on("harbor")).toEqual({});
    expect(await on("quay")).toEqual({ colour: "red" });
  });
});
