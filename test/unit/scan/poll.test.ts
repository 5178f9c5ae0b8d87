import { describe, expect, it } from "vitest";
import { fetchPush } from "../../../shared/fetch/fetch-push.ts";
import { resolveRevision } from "../../../shared/fetch/resolve/revision.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { poll } from "../../../shared/scan/poll.ts";
import type { PushMessage } from "../../../shared/state/messages.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";

/** Polls, and fetches what the poll found; nothing else tells fetch of a push. */
const polledWorld = () => {
  const fetched = fetchWorld();
  const { world, told } = fetched;
  const pushes = memoryQueue<PushMessage>();
  const look = async (): Promise<readonly string[]> => {
    const before = told.length;
    await poll({
      ...world,
      pushes,
      pollSeconds: () => undefined,
      listRefs: async (url, also) => world.git.listRefs(await world.accessTo(url), also),
      resolve: (selector, refs) => {
        const found = resolveRevision(selector, refs);
        return found instanceof Failure ? undefined : found;
      },
    });
    for (const message of pushes.take()) await fetchPush(message, world);
    return told.slice(before).flatMap(({ event, facts }) => (event === "poll-found" ? [String(facts.ref)] : []));
  };
  /** The first look at a repository knows no heads yet. */
  const settle = async () => {
    await look();
    fetched.rendered();
    fetched.syncs.take();
  };
  const sha = async (name: string) => (await fetched.state(name))?.revisions[0]?.sha;
  return { ...fetched, look, settle, sha };
};

describe("the poll, of a repository whose webhook never came", () => {
  it("F-24 finds a push, once", async () => {
    const world = polledWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("web", "apps"));
    await world.settle();
    const after = world.commit(monorepo, { "apps/a.yaml": "kind: B" });
    expect(await world.look()).toEqual(["refs/heads/main"]);
    expect(await world.sha("web")).toBe(after);
    expect(await world.look()).toEqual([]);
  });

  // A selector that nothing matched any more was passed over: the Application stayed Synced to a branch that was gone.
  it("F-24 finds that a branch was deleted: its Application says so, as with the webhook, and once", async () => {
    const world = polledWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    const release = world.commit(monorepo, { "apps/a.yaml": "kind: A" }, "release");
    await world.declare(applicationAt("web", "apps", { targetRevision: "release" }), applicationAt("other", "apps"));
    await world.settle();
    world.point(monorepo, "refs/heads/release", undefined);
    expect(await world.look()).toEqual(["refs/heads/release"]);
    expect((await world.state("web"))?.sourceError).toBe("The repository has no branch or tag release.");
    expect(await world.state("other")).not.toHaveProperty("sourceError");
    expect(world.syncs.take()).toEqual([{ v: 1, application: "web" }]);
    expect(await world.look()).toEqual([]);

    world.point(monorepo, "refs/heads/release", release);
    expect(await world.look()).toEqual(["refs/heads/release"]);
    expect(await world.state("web")).not.toHaveProperty("sourceError");
    expect(await world.look()).toEqual([]);
  });

  it("finds a branch that was deleted before the first poll", async () => {
    const world = polledWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    world.commit(monorepo, { "apps/a.yaml": "kind: A" }, "release");
    await world.declare(applicationAt("web", "apps", { targetRevision: "release" }));
    world.point(monorepo, "refs/heads/release", undefined);
    expect(await world.look()).toEqual(["refs/heads/release"]);
    expect((await world.state("web"))?.sourceError).toContain("release");
  });

  it("follows HEAD when the default branch is another one", async () => {
    const world = polledWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("web", "apps", { targetRevision: "HEAD" }));
    await world.settle();
    const trunk = world.commit(monorepo, { "apps/a.yaml": "kind: B" }, "trunk");
    world.lead(monorepo, "refs/heads/trunk");
    expect(await world.look()).toEqual(["refs/heads/trunk"]);
    expect(await world.sha("web")).toBe(trunk);
    expect(await world.look()).toEqual([]);
  });

  // The branch that HEAD points to now was compared with its own last head, which an Application of that branch had made known.
  it("follows HEAD to a branch that another Application has followed for long", async () => {
    const world = polledWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    const trunk = world.commit(monorepo, { "apps/a.yaml": "kind: B" }, "trunk");
    await world.declare(
      applicationAt("web", "apps", { targetRevision: "HEAD" }),
      applicationAt("trunk", "apps", { targetRevision: "trunk" }),
    );
    await world.settle();
    world.lead(monorepo, "refs/heads/trunk");
    expect(await world.look()).toEqual(["refs/heads/trunk"]);
    expect(await world.sha("web")).toBe(trunk);
    expect(world.rendered()).toEqual(["web"]);
    expect(await world.look()).toEqual([]);
  });

  it("renders nothing where HEAD leads to the same content, and does not find that again", async () => {
    const world = polledWorld();
    const main = world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    world.point(monorepo, "refs/heads/trunk", main);
    await world.declare(applicationAt("web", "apps", { targetRevision: "HEAD" }));
    await world.settle();
    world.lead(monorepo, "refs/heads/trunk");
    expect(await world.look()).toEqual(["refs/heads/trunk"]);
    expect(world.rendered()).toEqual([]);
    expect(await world.look()).toEqual([]);
  });

  it("goes back to the tag before when a range's newest one is deleted, and forward when it is back", async () => {
    const world = polledWorld();
    const first = world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    world.point(monorepo, "refs/tags/v1.0.0", first);
    await world.declare(applicationAt("web", "apps", { targetRevision: "1.x" }));
    await world.settle();
    const second = world.commit(monorepo, { "apps/a.yaml": "kind: B" });
    world.point(monorepo, "refs/tags/v1.1.0", second);
    await world.look();
    expect(await world.sha("web")).toBe(second);
    world.point(monorepo, "refs/tags/v1.1.0", undefined);
    expect(await world.look()).toEqual(["refs/tags/v1.0.0"]);
    expect(await world.sha("web")).toBe(first);
    world.point(monorepo, "refs/tags/v1.1.0", second);
    expect(await world.look()).toEqual(["refs/tags/v1.1.0"]);
    expect(await world.sha("web")).toBe(second);
    expect(await world.look()).toEqual([]);
  });

  it("writes nothing while nothing moves", async () => {
    const world = polledWorld();
    world.commit(monorepo, { "apps/a.yaml": "kind: A" });
    await world.declare(applicationAt("web", "apps", { targetRevision: "HEAD" }), applicationAt("other", "apps"));
    await world.settle();
    const before = world.table.writes;
    await world.look();
    expect(world.table.writes - before).toBe(0);
  });
});
