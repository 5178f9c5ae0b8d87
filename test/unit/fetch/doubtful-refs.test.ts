import { describe, expect, it } from "vitest";
import { fetchPush } from "../../../shared/fetch/fetch-push.ts";
import { normaliseRepositoryUrl } from "../../../shared/model/repository-url.ts";
import { readRef, wantRef } from "../../../shared/state/refs.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";

const ref = { repository: normaliseRepositoryUrl(monorepo), ref: "refs/heads/main" };

describe("an Application that is fetched for itself while its host shows an older head (F-22)", () => {
  // The ref had been fetched at the newest head; what the Application met instead was in no item that a poll compares, and stayed.
  it("has its ref fetched anew", async () => {
    const world = fetchWorld();
    const old = world.commit(monorepo, { "web/a.yaml": "kind: Old" });
    await world.declare(applicationAt("web", "web"));
    await world.push({ "web/a.yaml": "kind: New" });
    const { input } = (await world.state("web")) ?? {};
    const { head } = await readRef(world.table, ref.repository, ref.ref);

    world.point(monorepo, "refs/heads/main", old);
    await fetchPush({ v: 1, kind: "application", application: "web" }, world.world);
    expect((await world.state("web"))?.input).not.toBe(input);
    world.point(monorepo, "refs/heads/main", head ?? "");
    expect(await readRef(world.table, ref.repository, ref.ref)).toMatchObject({ wanted: 2, done: 1 });
    await fetchPush({ v: 1, kind: "ref", ...ref }, world.world);
    expect((await world.state("web"))?.input).toBe(input);
  });

  // What it met was written over the push's own head, so that a host that still showed the older one was believed.
  it("leaves to a push that nobody has fetched yet where it says that the host must be", async () => {
    const world = fetchWorld();
    const before = world.commit(monorepo, { "web/a.yaml": "kind: Old" });
    await world.declare(applicationAt("web", "web"));
    const after = "b".repeat(40);
    await wantRef(world.table, { ...ref, before, after, pusher: "ada", deliveryId: "1", at: 999_000 });
    await fetchPush({ v: 1, kind: "application", application: "web" }, world.world);
    expect(await readRef(world.table, ref.repository, ref.ref)).toMatchObject({ wanted: 2, before, after, pusher: "ada" });
  });

  it("costs nothing where it met the head that its ref was fetched at", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "web/a.yaml": "kind: Old" });
    await world.declare(applicationAt("web", "web"));
    await world.push({ "web/a.yaml": "kind: New" });
    const before = world.table.writes;
    await fetchPush({ v: 1, kind: "application", application: "web" }, world.world);
    expect(world.table.writes).toBe(before);
  });
});
