import { describe, expect, it } from "vitest";
import { fetchPush } from "../../../shared/fetch/fetch-push.ts";
import { resolveRevision } from "../../../shared/fetch/resolve/revision.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { poll } from "../../../shared/scan/poll.ts";
import type { PushMessage } from "../../../shared/state/messages.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";

const repository = "git.example.com/team/config";

/** A fetch that can be kept from its repositories, with the poll that can read them all the same unless told. */
const openWorld = () => {
  const fetched = fetchWorld();
  const { world } = fetched;
  const pushes = memoryQueue<PushMessage>();
  let refused: Failure | undefined;
  const fetch = {
    ...world,
    accessTo: async (url: string) => {
      if (refused) throw refused;
      return { url };
    },
  };
  const look = async (): Promise<readonly PushMessage[]> => {
    await poll({
      ...world,
      pushes,
      pollSeconds: () => undefined,
      listRefs: async (url, also) => world.git.listRefs({ url }, also),
      resolve: (selector, refs) => {
        const found = resolveRevision(selector, refs);
        return found instanceof Failure ? undefined : found;
      },
    });
    const sent = pushes.take();
    for (const message of sent) await fetchPush(message, fetch);
    return sent;
  };
  return {
    ...fetched,
    look,
    refuse: (failure: Failure | undefined) => {
      refused = failure;
    },
    refresh: (application: string) => fetchPush({ v: 1, kind: "application", application }, fetch),
    problem: async (name: string) => (await fetched.state(name))?.sourceError,
  };
};

const forbidden = new Failure("RepositoryForbidden", monorepo, "401: no access.");
const noSecret = new Failure("SecretMissing", "git", "The secret store has no entry git.");
const again: PushMessage = { v: 1, kind: "repository", repository };

// The host refused access for a moment, or credentials were wrong, and were put right. The heads had not moved, so the poll did not look, and the
// Application stayed broken until the next push.
describe("an Application whose repository could not be read", () => {
  it.each([forbidden, noSecret])("is looked at again by the poll, until it can be: $code", async (failure) => {
    const world = openWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A", "other/b.yaml": "kind: B" });
    await world.declare(applicationAt("other", "other"), applicationAt("web", "apps"));
    await world.look();
    expect(await world.look()).toEqual([]);
    world.refuse(failure);
    await world.refresh("web");
    expect(await world.problem("web")).toBe(failure.message);
    world.rendered();

    const before = world.table.writes;
    for (let time = 0; time < 3; time++) expect(await world.look()).toEqual([again]);
    expect(world.table.writes).toBe(before);

    world.refuse(undefined);
    expect(await world.look()).toEqual([again]);
    expect(await world.state("web")).not.toHaveProperty("sourceError");
    expect(await world.state("web")).toHaveProperty("input");
    expect(await world.problem("other")).toBeUndefined();
    expect(await world.look()).toEqual([]);
  });

  it("is one look for all of the repository", async () => {
    const world = openWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    const names = ["a", "b", "c"];
    await world.declare(...names.map((name) => applicationAt(name, "apps")), applicationAt("d", "other"));
    await world.look();
    world.refuse(forbidden);
    for (const name of [...names, "d"]) await world.refresh(name);
    expect(await world.look()).toEqual([again]);
    world.refuse(undefined);
    expect(await world.look()).toEqual([again]);
    for (const name of names) expect(await world.problem(name)).toBeUndefined();
    expect(await world.look()).toEqual([]);
  });

  it("is found where a push ran into it", async () => {
    const world = openWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("web", "apps"));
    await world.look();
    const after = world.commit(monorepo, { "apps/a.yaml": "kind: B" });
    world.refuse(forbidden);
    await world.look();
    expect(await world.problem("web")).toBe(forbidden.message);
    world.refuse(undefined);
    await world.look();
    expect(await world.problem("web")).toBeUndefined();
    expect((await world.state("web"))?.revisions[0]?.sha).toBe(after);
    expect(await world.look()).toEqual([]);
  });

  it("is looked at with every poll while a commit that it names is missing", async () => {
    const world = openWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("other", "apps"), applicationAt("web", "apps", { targetRevision: "b".repeat(40) }));
    await world.look();
    expect(await world.problem("web")).toContain("b".repeat(40));
    expect(await world.look()).toEqual([again]);
  });

  it("costs no look while the branch that it follows is missing", async () => {
    const world = openWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("other", "apps"), applicationAt("web", "apps", { targetRevision: "release" }));
    await world.look();
    expect(await world.problem("web")).toContain("release");
    expect(await world.look()).toEqual([]);
  });

  it("costs no look where its content is what is wrong: only a push mends that", async () => {
    const world = openWorld();
    world.commit(monorepo, { "apps/kustomization.yaml": "resources: [gone.yaml]" });
    await world.declare(applicationAt("web", "apps"));
    await world.look();
    expect(await world.problem("web")).toBeDefined();
    expect(await world.look()).toEqual([]);
  });
});
