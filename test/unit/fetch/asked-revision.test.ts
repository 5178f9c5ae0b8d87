import { describe, expect, it } from "vitest";
import { fetchPush } from "../../../shared/fetch/fetch-push.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";

describe("a sync to another revision that somebody asked for", () => {
  const asksFor = (world: ReturnType<typeof fetchWorld>, revision: string) =>
    wish(world.table, "a", { requested: { by: "ada", prune: false, dryRun: false, revision }, trigger: "manual" }, 1);

  it("is evaluated at that revision beside what is followed", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    const release = world.commit(monorepo, { "apps/a.yaml": "kind: Old" }, "release");
    await world.declare(applicationAt("a", "apps"));
    world.rendered();
    const before = await world.state("a");
    await asksFor(world, "release");
    await fetchPush({ v: 1, kind: "application", application: "a" }, world.world);
    const state = await world.state("a");
    expect(state?.asked).toEqual({ revision: "release", input: expect.any(String), sha: release });
    expect(state?.asked?.input).not.toBe(before?.input);
    expect([state?.input, state?.revisions]).toEqual([before?.input, before?.revisions]);
    expect(world.rendered()).toEqual(["a"]);
  });

  it("is evaluated once", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("a", "apps"));
    await asksFor(world, "main");
    await fetchPush({ v: 1, kind: "application", application: "a" }, world.world);
    world.rendered();
    await fetchPush({ v: 1, kind: "application", application: "a" }, world.world);
    expect(world.rendered()).toEqual([]);
  });

  it("is answered by sync where there is no such revision", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("a", "apps"));
    await asksFor(world, "v9");
    await fetchPush({ v: 1, kind: "application", application: "a" }, world.world);
    expect((await world.state("a"))?.asked).toEqual({ revision: "v9", problem: "The repository has no branch or tag v9." });
    expect((await world.state("a"))?.sourceError).toBeUndefined();
    expect(world.syncs.take()).toEqual([{ v: 1, application: "a" }]);
  });
});
