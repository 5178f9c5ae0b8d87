import { describe, expect, it } from "vitest";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";

describe("an Application annotated with skip-reconcile", () => {
  it("is not fetched, and sync answers its wish", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare({ ...applicationAt("a", "apps"), annotations: { "argocd.argoproj.io/skip-reconcile": "true" } });
    expect(world.rendered()).toEqual([]);
    expect((await world.state("a"))?.input).toBeUndefined();
    expect(world.syncs.take()).toEqual([{ v: 1, application: "a" }]);
    await world.declare(applicationAt("a", "apps"));
    expect(world.rendered()).toEqual(["a"]);
  });
});
