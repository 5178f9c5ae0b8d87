import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const annotated = (name: string, value: string) => ({ annotations: { [name]: value } });
const options = (value: string) => annotated("argocd.argoproj.io/sync-options", value);
const at = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name });

/** An Application that has applied `doomed` beside one other object, and whose next commit no longer has it. */
const withoutDoomed = async (doomed: Manifest, before?: (call: string, world: ReturnType<typeof syncWorld>) => void) => {
  const world = syncWorld({ before: (call) => before?.(call, world) });
  await world.declare(anApplication());
  await world.commit("web", [configMap("kept"), doomed]);
  await world.sync();
  await world.commit("web", [configMap("kept")]);
  return world;
};

describe("pruning", () => {
  it.each([
    ["Prune=false", options("Prune=false")],
    ["Prune=confirm", options("Prune=confirm")],
    ["helm.sh/resource-policy: keep", annotated("helm.sh/resource-policy", "keep")],
  ])("leaves an object that is annotated %s, and says so", async (name, metadata) => {
    const { sync, live, state, history } = await withoutDoomed(configMap("doomed", {}, metadata));
    await sync();
    expect(live("doomed")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "OutOfSync", reason: expect.stringContaining(name) });
    expect((await history())[0]?.objects).toContainEqual(expect.objectContaining({ code: "PruneSkipped" }));
  });

  it("leaves what Git no longer has where prune is off, and says so", async () => {
    const { declare, commit, sync, live, state } = syncWorld();
    await declare(
      anApplication({
        syncPolicy: { automated: { prune: false, selfHeal: true, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
      }),
    );
    await commit("web", [configMap("kept"), configMap("doomed")]);
    await sync();
    await commit("web", [configMap("kept")]);
    await sync();
    expect(live("doomed")).toBeDefined();
    expect((await state()).reason).toBe(
      "1 object differs from Git. ConfigMap production/doomed is no longer in Git, and spec.syncPolicy.automated.prune is off",
    );
  });

  it("looks again at an object that somebody changed in between, and deletes it", async () => {
    let edits = 0;
    const { sync, live, state } = await withoutDoomed(configMap("doomed"), (call, { cluster }) => {
      if (call === "delete ConfigMap production/doomed" && edits++ === 0)
        cluster.edit(at("doomed"), "controller", (object) => ({ ...object, data: { seen: "yes" } }));
    });
    await sync();
    expect(edits).toBe(2);
    expect(live("doomed")).toBeUndefined();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it("is not reported done where an object changes all the time: it is tried again later", async () => {
    let edits = 0;
    const { sync, state } = await withoutDoomed(configMap("doomed"), (call, { cluster }) => {
      if (call === "delete ConfigMap production/doomed")
        cluster.edit(at("doomed"), "controller", (object) => ({ ...object, data: { count: `${edits++}` } }));
    });
    expect(await sync()).toMatchObject({ done: false, seconds: 5 });
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("while it was to be deleted") });
  });

  it("leaves what somebody created anew under the same name", async () => {
    const { cluster, sync, live, table } = await withoutDoomed(configMap("doomed"));
    const old = live("doomed");
    await cluster.delete(at("doomed"), { uid: String(old?.metadata.uid), propagation: "Foreground" });
    await cluster.apply(configMap("doomed", { by: "hand" }, { namespace: "production" }), { fieldManager: "kubectl", force: true });
    await sync();
    expect(live("doomed")).toMatchObject({ data: { by: "hand" } });
    expect(JSON.stringify(await table.get({ pk: "app#web", sk: "inventory" }))).not.toContain("doomed");
  });

  it("forgets nothing of an API whose own server does not answer", async () => {
    const { cluster, sync, state, table, world } = await withoutDoomed(configMap("doomed"));
    const apis = await cluster.discover();
    const blind = {
      ...cluster,
      discover: async () => ({ ...apis, kinds: apis.kinds.filter(({ apiVersion }) => apiVersion !== "v1"), unavailable: ["v1"] }),
    };
    Object.assign(world, { clusters: { connect: async () => blind } });
    await sync();
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("does not answer") });
    expect(JSON.stringify(await table.get({ pk: "app#web", sk: "inventory" }))).toContain("doomed");
  });
});

describe("an object of an Application that is gone", () => {
  const renamed = async (registered: boolean) => {
    const world = syncWorld();
    await world.declare(anApplication({ name: "old" }));
    await world.commit("old", [configMap("settings", { from: "old" })]);
    await world.sync("old");
    if (!registered) await world.table.delete({ pk: "app#old", sk: "spec" });
    await world.declare(anApplication());
    await world.commit("web", [configMap("settings", { from: "web" })]);
    await world.sync();
    return world;
  };

  it("is taken over by the one that declares it now", async () => {
    const { live, state } = await renamed(false);
    expect(live("settings")).toMatchObject({ data: { from: "web" } });
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });

  it("stays that Application's as long as it is declared", async () => {
    expect((await renamed(true)).live("settings")).toMatchObject({ data: { from: "old" } });
  });

  it("is left alone where another tool applied it for an Application we never knew", async () => {
    const { declare, commit, sync, cluster, live, state } = syncWorld();
    await cluster.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "production" } },
      { fieldManager: "kubectl", force: true },
    );
    const tracking = annotated("argocd.argoproj.io/tracking-id", "theirs:/ConfigMap:production/settings");
    await cluster.apply(configMap("settings", { from: "theirs" }, { namespace: "production", ...tracking }), {
      fieldManager: "argocd-controller",
      force: true,
    });
    await declare(anApplication());
    await commit("web", [configMap("settings", { from: "web" })]);
    await sync();
    expect(live("settings")).toMatchObject({ data: { from: "theirs" } });
    expect((await state()).reason).toContain("belongs to Application theirs");
  });
});

describe("a cluster that goes away while objects are pruned", () => {
  const deployment: Manifest = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "doomed" }, spec: {} };
  const gone = (call: string) => {
    if (call === "delete ConfigMap production/doomed") throw new Failure("ClusterUnreachable", "harbor", "harbor: connection reset");
  };

  it("leaves in history what was deleted before", async () => {
    const world = syncWorld({ before: gone });
    await world.declare(anApplication());
    await world.commit("web", [configMap("kept"), configMap("doomed"), deployment]);
    await world.sync();
    await world.commit("web", [configMap("kept")]);
    await world.sync();
    expect(world.live("doomed", "Deployment")).toBeUndefined();
    expect(await world.state()).toMatchObject({ phase: "Failed", reason: "harbor: connection reset", outage: true });
    const [entry] = await world.history();
    expect(entry).toMatchObject({ kind: "failed", counts: { deleted: 1 } });
    expect(entry?.objects).toEqual([expect.objectContaining({ key: expect.objectContaining({ kind: "Deployment" }), action: "deleted" })]);
  });

  it("leaves in history what the removal of an Application deleted before", async () => {
    const world = syncWorld({ before: gone });
    await world.declare(anApplication());
    await world.commit("web", [configMap("doomed"), deployment]);
    await world.sync();
    await wish(world.table, "web", { removal: "cascade", trigger: "registry" }, world.world.clock.now());
    await world.sync();
    expect(world.live("doomed", "Deployment")).toBeUndefined();
    expect((await world.history())[0]).toMatchObject({ kind: "failed", counts: { deleted: 1 } });
  });
});
