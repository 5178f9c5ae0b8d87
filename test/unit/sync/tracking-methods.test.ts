import { describe, expect, it } from "vitest";
import { tracked } from "../../../shared/diff/tracking.ts";
import { defaultTracking, type Tracking } from "../../../shared/model/tracking.ts";
import { trackBy } from "../../support/cluster-settings.ts";
import { scanned, withoutSelfHeal } from "../../support/drift-scanned.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const id = "argocd.argoproj.io/tracking-id";
const installation = "argocd.argoproj.io/installation-id";
const label = "app.kubernetes.io/instance";
const by = (change: Partial<Tracking>): Tracking => ({ ...defaultTracking, ...change });
const at = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name });
const as = (manager: string) => ({ fieldManager: manager, force: true });

const methods: readonly Tracking[] = [
  by({}),
  by({ method: "annotation+label" }),
  by({ method: "label" }),
  by({ method: "label", labelKey: "example.com/app" }),
  by({ installationId: "east" }),
  by({ method: "annotation+label", installationId: "west" }),
];
const changes = methods.flatMap((from) => methods.filter((to) => to !== from).map((to) => ({ from, to })));
const named = ({ method, labelKey, installationId }: Tracking) => `${method} ${labelKey} ${installationId}`.trim();

/** An Application that is synced while one method is in force, with what Helm would give it. */
const syncedBy = async (tracking: Tracking) => {
  const world = syncWorld();
  await trackBy(world.table, tracking);
  await world.declare(anApplication());
  const manifests = [configMap("settings", { colour: "blue" }, { labels: { [label]: "release" } }), configMap("doomed")];
  await world.commit("web", manifests);
  await world.sync();
  expect(await world.state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  return { ...world, manifests };
};

describe("a change of the tracking method", () => {
  it.each(changes.map(({ from, to }) => [named(from), named(to), from, to] as const))(
    "from %s to %s marks live objects anew at the next sync, creates none, and prunes what Git no longer has",
    async (_from, _to, from, to) => {
      const { table, commit, sync, live, state, manifests } = await syncedBy(from);
      const before = live("settings")?.metadata.uid;
      await trackBy(table, to);
      await commit("web", manifests.slice(0, 1));
      await sync();
      const [manifest] = manifests;
      if (!manifest) throw new Error("no manifest");
      const placed = { ...manifest, metadata: { ...manifest.metadata, namespace: "production" } };
      const { annotations, labels, uid } = live("settings")?.metadata ?? {};
      expect(uid).toBe(before);
      expect({ annotations: annotations ?? {}, labels }).toMatchObject({
        annotations: tracked(placed, "web", to).metadata.annotations ?? {},
        labels: tracked(placed, "web", to).metadata.labels,
      });
      expect(Object.keys(annotations ?? {}).length).toBe(Object.keys(tracked(placed, "web", to).metadata.annotations ?? {}).length);
      expect(live("doomed")).toBeUndefined();
      expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    },
  );

  it("is no difference by itself: a manual Application stays Synced at a commit that changes nothing else", async () => {
    const { table, declare, commit, sync, state, manifests, live } = await syncedBy(by({}));
    await trackBy(table, by({ method: "label" }));
    await declare(anApplication({ syncPolicy: { syncOptions: ["CreateNamespace=true"] } }));
    await commit("web", manifests, "another-sha");
    await sync();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
    expect(live("settings")?.metadata.annotations?.[id]).toBeDefined();
  });

  it.each(changes.map(({ from, to }) => [named(from), named(to), from, to] as const))(
    "from %s to %s is no drift, neither by itself nor beside a field that moved",
    async (_from, _to, from, to) => {
      const { table, scan, edit, history, state } = await scanned(withoutSelfHeal, { tracking: from });
      await trackBy(table, to);
      await scan();
      expect(await state()).toMatchObject({ syncStatus: "Synced" });
      edit({ colour: "red", size: "small" });
      await scan();
      expect((await history())[0]?.objects[0]?.fields?.map(({ path }) => path)).toEqual(["data.colour"]);
    },
  );
});

describe("an object of another Application, tracked by label", () => {
  const two = async () => {
    const world = await syncedBy(by({ method: "label" }));
    await world.declare(anApplication({ name: "other" }));
    return world;
  };

  it("is left alone where that one has it in its inventory", async () => {
    const { commit, sync, live, history } = await two();
    await commit("other", [configMap("settings", { colour: "red" })]);
    await sync("other");
    expect(live("settings")).toMatchObject({ data: { colour: "blue" }, metadata: { labels: { [label]: "web" } } });
    expect((await history("other"))[0]?.objects[0]?.message).toContain("belongs to Application web");
  });

  it("is left alone in the middle of a change of method, too", async () => {
    const { table, commit, sync, live } = await two();
    for (const tracking of [by({}), by({ method: "annotation+label" }), by({ installationId: "east" })]) {
      await trackBy(table, tracking);
      await commit("other", [configMap("settings", { colour: "red" })]);
      await sync("other");
      expect(live("settings")).toMatchObject({ data: { colour: "blue" } });
    }
  });

  it("is nobody's where only a copied label names it: whoever has it in Git takes it", async () => {
    const { cluster, commit, sync, live, state } = await two();
    await cluster.apply(configMap("copy", { by: "hnc" }, { namespace: "production", labels: { [label]: "web" } }), as("hnc"));
    await commit("other", [configMap("copy", { by: "git" })]);
    await sync("other");
    expect(live("copy")).toMatchObject({ data: { by: "git" }, metadata: { labels: { [label]: "other" } } });
    expect(await state("other")).toMatchObject({ syncStatus: "Synced" });
  });

  it("is taken over from Helm, whose release no Application is", async () => {
    const { cluster, commit, sync, live } = await two();
    await cluster.apply(configMap("chart", {}, { namespace: "production", labels: { [label]: "release" } }), as("helm"));
    await commit("other", [configMap("chart", { by: "git" })]);
    await sync("other");
    expect(live("chart")?.metadata.labels).toEqual({ [label]: "other" });
  });

  it("is not pruned where somebody made it anew with our label on it, and is where we did", async () => {
    const { cluster, commit, sync, live, manifests } = await syncedBy(by({ method: "label" }));
    const doomed = { namespace: "production", labels: { [label]: "web" } };
    await cluster.delete(at("doomed"), { uid: String(live("doomed")?.metadata.uid), propagation: "Background" });
    await cluster.apply(configMap("doomed", { by: "hand" }, doomed), as("kubectl"));
    await commit("web", manifests.slice(0, 1));
    await sync();
    expect(live("doomed")).toMatchObject({ data: { by: "hand" } });

    await commit("web", manifests);
    await sync();
    await cluster.delete(at("doomed"), { uid: String(live("doomed")?.metadata.uid), propagation: "Background" });
    await cluster.apply(configMap("doomed", {}, doomed), as("fairlead"));
    await commit("web", manifests.slice(0, 1));
    await sync();
    expect(live("doomed")).toBeUndefined();
  });
});

describe("an object of another installation", () => {
  const theirs = { [id]: "web:/ConfigMap:production/settings", [installation]: "west" };

  it("is left alone and named, although its Application has the same name", async () => {
    const { table, cluster, declare, commit, sync, live, history } = syncWorld();
    await trackBy(table, { installationId: "east" });
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "production" } }, as("kubectl"));
    await cluster.apply(configMap("settings", { by: "them" }, { namespace: "production", annotations: theirs }), as("argocd-controller"));
    await declare(anApplication());
    await commit("web", [configMap("settings", { by: "us" })]);
    await sync();
    expect(live("settings")).toMatchObject({ data: { by: "them" } });
    expect((await history())[0]?.objects[0]?.message).toContain("belongs to Application web of installation west");
  });

  it("is not pruned when it took ours over", async () => {
    const { cluster, commit, sync, live, manifests } = await syncedBy(by({ installationId: "east" }));
    const annotations = { [id]: "web:/ConfigMap:production/doomed", [installation]: "west" };
    cluster.edit(at("doomed"), "argocd-controller", (object) => ({ ...object, metadata: { ...object.metadata, annotations } }));
    await commit("web", manifests.slice(0, 1));
    await sync();
    expect(live("doomed")).toBeDefined();
  });
});
