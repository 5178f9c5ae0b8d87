import { describe, expect, it } from "vitest";
import type { SyncRequest } from "../../../shared/model/sync-request.ts";
import { tryOut } from "../../../shared/sync/try-out.ts";
import { anApplication, configMap, job, syncWorld } from "../../support/sync-world.ts";

const refusing = (name: string) =>
  syncWorld({
    refuse: ({ metadata }) => (metadata.name === name ? { reason: "Invalid", message: `${name} is forbidden here` } : undefined),
  });

const dryRun: SyncRequest = { by: "ada", prune: false, dryRun: true };

const attempt = async (world: ReturnType<typeof syncWorld>, request: Partial<SyncRequest> = {}) =>
  tryOut({ application: anApplication(), state: await world.state(), request: { ...dryRun, ...request } }, world.world);

describe("trying a sync out", () => {
  it("says what the server would refuse, and writes nothing", async () => {
    const world = refusing("bad");
    await world.declare(anApplication());
    await world.commit("web", [configMap("good")]);
    await world.settle();
    await world.commit("web", [configMap("good", { a: "1" }), configMap("bad")]);
    const { refused } = await attempt(world);
    expect(refused).toEqual([expect.objectContaining({ code: "SyncFailed", message: "ConfigMap production/bad: bad is forbidden here" })]);
    expect(world.live("good")?.data).toEqual({});
    expect((await world.state()).phase).toBe("Succeeded");
  });

  it("asks for a single object, too", async () => {
    const world = refusing("bad");
    await world.declare(anApplication());
    await world.commit("web", [configMap("good")]);
    await world.settle();
    await world.commit("web", [configMap("good"), configMap("bad")]);
    expect((await attempt(world)).refused).toHaveLength(1);
    const good = { group: "", kind: "ConfigMap", namespace: "production", name: "good" };
    expect((await attempt(world, { resources: [good] })).refused).toEqual([]);
  });

  it("does not count a namespace that CreateNamespace=true would make first", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.commit("web", [configMap("good"), configMap("better")]);
    expect((await attempt(world)).refused).toEqual([]);
  });

  it("names the hooks that would run in their order, and what would be pruned", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.commit("web", [configMap("old"), configMap("good")]);
    await world.settle();
    const hook = (name: string, phase: string, wave: string) =>
      job(name, { annotations: { "argocd.argoproj.io/hook": phase, "argocd.argoproj.io/sync-wave": wave } });
    await world.commit("web", [
      configMap("good"),
      hook("after", "PostSync", "0"),
      hook("second", "PreSync", "1"),
      hook("first", "PreSync", "-1"),
    ]);
    const { hooks, pruned } = await attempt(world, { prune: true });
    expect(hooks.map(({ phase, wave, key }) => [phase, wave, key.name])).toEqual([
      ["PreSync", -1, "first"],
      ["PreSync", 1, "second"],
      ["PostSync", 0, "after"],
    ]);
    expect(pruned.map(({ name }) => name)).toEqual(["old"]);
    expect((await attempt(world)).pruned).toEqual([]);
    expect((await attempt(world, { strategy: { kind: "apply", force: false } })).hooks).toEqual([]);
  });

  it("says why there is nothing to try", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.breakSource("web", "the chart is broken");
    await expect(attempt(world)).rejects.toThrow("the chart is broken");
  });
});
