import { describe, expect, it } from "vitest";
import { readInventory } from "../../../shared/state/inventories.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { openRestored } from "../../support/restored-world.ts";
import { anApplication, configMap, endJob, job } from "../../support/sync-world.ts";

const hook = (name: string) => job(name, { annotations: { "argocd.argoproj.io/hook": "PreSync" } });

describe("F-29: a table that was restored to five minutes ago", () => {
  it("lets nothing be applied or pruned before Git was read again", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a"), configMap("b")]);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.push("web", [configMap("a", { port: "80" }), configMap("c")]);
    await world.synced();
    expect(world.names()).toEqual(["a", "c"]);

    await world.restore(backup);
    const [before, events] = [world.stands(), (await world.history()).length];
    await wish(world.table, "web", { trigger: "manual" }, 0);
    expect(await world.sync()).toEqual({ done: true });
    expect(world.stands()).toEqual(before);
    expect(await world.state()).toMatchObject({ epoch: 2, unproven: true, sourceError: expect.stringContaining("restored from a backup") });
    expect(await world.sync()).toEqual({ done: true });
    expect(world.stands()).toEqual(before);
    // Nothing failed, and nobody is told that something did.
    expect(await world.history()).toHaveLength(events);

    await world.synced();
    // Git and the cluster agree: nothing is touched, and everybody knows again what is there.
    expect(world.stands()).toEqual(before);
    expect(await world.state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced", unproven: true });
  });

  it("is recognised by the sweep as well, which has all Applications looked at again", async () => {
    const world = await openRestored();
    for (const name of ["api", "db"]) await world.declare(anApplication({ name }));
    await world.push("web", [configMap("a")]);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.restore(backup);
    await world.minute();
    for (const name of ["web", "api", "db"]) expect(await world.state(name)).toMatchObject({ epoch: 2, unproven: true });
    const writes = world.table.writes;
    await world.synced();
    await world.minutes(1);
    const { desiredGeneration } = await world.state();
    await world.minutes(3);
    expect((await world.state()).desiredGeneration).toBe(desiredGeneration);
    expect(world.table.writes - writes).toBeLessThan(25);
  });

  it("prunes nothing until its cluster was searched; then also what came after the backup", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a"), configMap("b")]);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.push("web", [configMap("a"), configMap("b"), configMap("late")]);
    await world.synced();
    await world.restore(backup);
    await world.minute();
    await world.push("web", [configMap("a")]);
    await world.synced();
    expect(world.names()).toEqual(["a", "b", "late"]);
    expect(await world.state()).toMatchObject({ syncStatus: "OutOfSync" });

    await world.scan();
    await world.synced();
    expect(world.names()).toEqual(["a"]);
    const after = await world.state();
    expect(after).toMatchObject({ syncStatus: "Synced", epoch: 2 });
    expect(after).not.toHaveProperty("unproven");
    await world.push("web", [configMap("z")]);
    await world.synced();
    expect(world.names()).toEqual(["z"]);
  });

  // Where nothing is healed, what Git had dropped meanwhile stayed until the next commit.
  it("prunes then what Git dropped meanwhile where nothing is healed, too, and brings nothing else back", async () => {
    const syncPolicy = { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] };
    const world = await openRestored(anApplication({ syncPolicy }));
    await world.push("web", [configMap("a", { port: "80" }), configMap("b")]);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.restore(backup);
    await world.minute();
    await world.push("web", [configMap("a", { port: "80" })]);
    await world.synced();
    expect(world.names()).toEqual(["a", "b"]);
    const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "a" };
    world.cluster.edit(at, "kubectl-edit", (object) => ({ ...object, data: { port: "81" } }));

    await world.scan();
    await world.synced();
    expect(world.names()).toEqual(["a"]);
    expect(world.live("a")).toMatchObject({ data: { port: "81" } });
    expect(await world.state()).not.toHaveProperty("searched");
  });

  it("brings back no older wish: what a commit of then removed, and one since then brought back, stays", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a"), configMap("b")]);
    await world.synced();
    await world.minutes(4);
    await world.push("web", [configMap("a")]);
    const backup = world.backup();
    await world.minutes(1);
    await world.push("web", [configMap("a"), configMap("b", { port: "80" })]);
    await world.synced();
    await world.minutes(4);
    await world.restore(backup);
    const before = world.stands();
    await world.synced();
    await world.scan();
    await world.synced();
    expect(world.stands()).toEqual(before);
  });

  it("runs no hook again for a revision that was synced since", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a")]);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.push("web", [configMap("a", { port: "80" }), hook("migrate")]);
    await world.settle(() => world.live("migrate", "Job") && endJob(world.cluster, "migrate", "Complete"));
    const { uid } = world.live("migrate", "Job")?.metadata ?? {};
    expect(uid).toBeDefined();
    await world.minutes(5);
    await world.restore(backup);
    await world.minute();
    await world.synced();
    await world.scan();
    await world.synced();
    expect(world.live("migrate", "Job")?.metadata.uid).toBe(uid);
    expect(await world.state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect((await readInventory(world.table, world.artifacts, "web")).get("batch/Job:production/migrate")).toMatchObject({ hook: true });
  });

  // The scan had searched the cluster before the sync compared it, and what an old backup knew of its objects was believed.
  it("applies nothing that matches, also where the cluster was searched before the next sync", async () => {
    const world = await openRestored();
    await world.push("web", [configMap("a")]);
    await world.synced();
    await world.minutes(4);
    await world.push("web", [configMap("a", { port: "80" }), hook("migrate")]);
    let backup: ReturnType<typeof world.backup> = [];
    const ended = () => {
      if (!world.live("migrate", "Job")) return;
      if (backup.length === 0) backup = world.backup();
      endJob(world.cluster, "migrate", "Complete");
    };
    await world.settle(ended);
    await world.minutes(5);
    await world.restore(backup);
    await world.minute();
    await world.scan();
    expect(await world.state()).toMatchObject({ searched: true });
    const applied = () => world.cluster.calls.filter((call) => call.startsWith("apply ConfigMap"));
    const before = applied();
    await world.settle(ended);
    expect(applied()).toEqual(before);
    expect(await world.state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it("leaves a rollback in force", async () => {
    const world = await openRestored();
    const good = [configMap("a", { port: "80" })];
    await world.push("web", good);
    await world.synced();
    await world.push("web", [configMap("a", { port: "bad" })]);
    await world.synced();
    await world.rollBackTo(good);
    await world.synced();
    await world.minutes(4);
    const backup = world.backup();
    await world.minutes(5);
    await world.restore(backup);
    await world.minute();
    await world.synced();
    await world.scan();
    await world.synced();
    expect(world.live("a")?.data).toEqual({ port: "80" });
    expect(await world.state()).toMatchObject({ rollback: { by: "ada" } });
  });
});
