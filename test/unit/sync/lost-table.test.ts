import { describe, expect, it } from "vitest";
import { readInventory } from "../../../shared/state/inventories.ts";
import { openRestored } from "../../support/restored-world.ts";
import { anApplication, configMap, endJob, job } from "../../support/sync-world.ts";

const hook = (name: string) => job(name, { annotations: { "argocd.argoproj.io/hook": "PreSync" } });

describe("F-30: a table that was lost", () => {
  it("is rebuilt from Git and from what objects say: nothing that matches is touched, no hook runs, and pruning works again", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a"), configMap("b"), configMap("old"), hook("migrate")]);
    await world.settle(() => world.live("migrate", "Job") && endJob(world.cluster, "migrate", "Complete"));
    await world.minutes(4);
    // The last commit before the loss: nobody has synced it.
    await world.push("web", [configMap("a"), configMap("b"), hook("migrate")]);
    await world.restore();
    const before = world.stands();

    await world.declare(anApplication());
    await world.minute();
    await world.synced();
    expect(world.stands()).toEqual(before);
    expect(world.names()).toEqual(["a", "b", "old"]);
    await world.scan();
    await world.synced();
    expect(world.names()).toEqual(["a", "b"]);
    expect(world.stands()).toEqual(before.filter((line) => !line.includes("old")));
    expect(await world.state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced", epoch: 2 });
    const inventory = await readInventory(world.table, world.artifacts, "web");
    expect([...inventory.keys()].toSorted()).toEqual([
      "/ConfigMap:production/a",
      "/ConfigMap:production/b",
      "batch/Job:production/migrate",
    ]);
  });

  it("takes over nothing that is not its own: not another Application's, not another installation's, not a copy, not what somebody else applied", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a")]);
    await world.synced();
    await world.minutes(4);
    const original = world.live("a");
    if (!original) throw new Error("no a");
    const { annotations = {} } = original.metadata;
    const by = { fieldManager: "somebody", force: true };
    const named = (name: string, id: string) =>
      configMap(name, {}, { namespace: "production", annotations: { ...annotations, "argocd.argoproj.io/tracking-id": id } });
    await world.cluster.apply(named("copy", annotations["argocd.argoproj.io/tracking-id"] ?? ""), { ...by, fieldManager: "fairlead" });
    await world.cluster.apply(named("foreign", "web:/ConfigMap:production/foreign"), by);
    await world.cluster.apply(named("other", "api:/ConfigMap:production/other"), { ...by, fieldManager: "fairlead" });
    const elsewhere = configMap(
      "elsewhere",
      {},
      {
        namespace: "kube-system",
        annotations: { "argocd.argoproj.io/tracking-id": "web:/ConfigMap:kube-system/elsewhere" },
      },
    );
    await world.cluster.apply(elsewhere, { ...by, fieldManager: "fairlead" });
    await world.restore();
    await world.declare(anApplication());
    await world.minute();
    await world.synced();
    await world.scan();
    await world.synced();
    expect(world.names()).toEqual(["a", "copy", "elsewhere", "foreign", "other"]);
    expect([...(await readInventory(world.table, world.artifacts, "web")).keys()]).toHaveLength(1);
  });
});

describe("a cluster that was rebuilt empty", () => {
  it("is filled from Git in wave order", async () => {
    const world = await openRestored();
    const wave = (number: string) => ({ annotations: { "argocd.argoproj.io/sync-wave": number } });
    await world.push("web", [configMap("third", {}, wave("3")), configMap("first", {}, wave("-1")), configMap("second")]);
    await world.synced();
    for (const { apiVersion, kind, metadata } of world.cluster.objects().filter((object) => object.kind === "ConfigMap")) {
      const at = { apiVersion, kind, namespace: metadata.namespace ?? "", name: metadata.name };
      await world.cluster.delete(at, { uid: metadata.uid ?? "", propagation: "Background" });
    }
    expect(world.names()).toEqual([]);
    await world.scan();
    const seen: string[] = [];
    await world.settle(() => {
      for (const name of world.names()) if (!seen.includes(name)) seen.push(name);
    });
    expect(seen).toEqual(["first", "second", "third"]);
    expect(await world.state()).toMatchObject({ syncStatus: "Synced" });
  });
});
