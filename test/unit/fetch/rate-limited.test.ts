import { describe, expect, it } from "vitest";
import { Failure } from "../../../shared/model/failure.ts";
import { normaliseRepositoryUrl } from "../../../shared/model/repository-url.ts";
import { readRepository } from "../../../shared/state/repositories.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";

describe("a Git host that asks us to wait (F-23)", () => {
  it("is asked by nobody before that, and what was pushed meanwhile is fetched then", async () => {
    const world = fetchWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("web", "apps"));
    let asked = 0;
    const limited = new Failure("RepositoryUnreachable", monorepo, `${monorepo} answers 429 at the moment.`, { retryAfter: 600 });
    const { git } = world.world;
    const listRefs: typeof git.listRefs = (...given) => {
      asked += 1;
      return world.world.clock.now() < 1_600_000 ? Promise.reject(limited) : git.listRefs(...given);
    };
    Object.assign(world.world, { git: { ...git, listRefs } });
    const after = world.commit(monorepo, { "apps/a.yaml": "kind: B" });
    for (let push = 0; push < 5; push++) await world.pushed(after);
    expect(asked).toBe(1);
    expect((await readRepository(world.table, normaliseRepositoryUrl(monorepo)))?.outage).toMatchObject({ nextAt: 1_600_000 });
    Object.assign(world.world, { clock: { now: () => 1_600_000 } });
    await world.pushed(after);
    expect((await world.state("web"))?.revisions).toMatchObject([{ sha: after }]);
  });
});
