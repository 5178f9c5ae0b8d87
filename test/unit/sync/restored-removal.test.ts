import { describe, expect, it } from "vitest";
import { wish } from "../../../shared/state/wishes.ts";
import { openRestored } from "../../support/restored-world.ts";
import { anApplication, configMap } from "../../support/sync-world.ts";

const finalizer = "resources-finalizer.argocd.argoproj.io";

describe("F-29: a removal, where the table was restored to five minutes ago", () => {
  it("carries out no removal that was taken back since", async () => {
    const world = await openRestored(anApplication({ finalizers: [finalizer] }));
    await world.push("web", [configMap("a")]);
    await world.synced();
    await world.minutes(4);
    await wish(world.table, "web", { removal: "cascade", trigger: "registry" }, 0);
    const backup = world.backup();
    await world.declare(anApplication({ finalizers: [finalizer] }));
    await world.push("web", [configMap("a"), configMap("b")]);
    await world.synced();
    await world.minutes(5);
    await world.restore(backup);
    await world.synced();
    await world.scan();
    await world.synced();
    expect(world.names()).toEqual(["a", "b"]);
    expect(await world.state()).not.toHaveProperty("removal");
  });

  it("removes with all that is its own what is withdrawn afterwards, once its cluster was searched", async () => {
    const world = await openRestored(anApplication({ finalizers: [finalizer] }));
    await world.push("web", [configMap("a")]);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.push("web", [configMap("a"), configMap("late")]);
    await world.synced();
    await world.minutes(5);
    await world.restore(backup);
    await world.minute();
    await world.synced();
    await wish(world.table, "web", { removal: "cascade", trigger: "registry" }, 0);
    await world.sync();
    expect(world.names()).toEqual(["a", "late"]);
    await world.scan();
    await world.settle();
    expect(world.names()).toEqual([]);
    await expect(world.state()).rejects.toThrow("no state");
  });

  it("wakes whoever withdrew an Application whose removal began before: if it still is to go, it goes", async () => {
    const world = await openRestored(anApplication({ finalizers: [finalizer], parent: "apps" }));
    await world.declare(anApplication({ name: "apps" }));
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.restore(backup);
    await wish(world.table, "web", { removal: "cascade", trigger: "registry" }, 0);
    const { desiredGeneration } = await world.state("apps");
    await world.sync();
    expect(await world.state()).not.toHaveProperty("removal");
    expect((await world.state("apps")).desiredGeneration).toBe(desiredGeneration + 1);
  });
});
