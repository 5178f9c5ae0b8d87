import { describe, expect, it } from "vitest";
import { fetchPush } from "../../../shared/fetch/fetch-push.ts";
import { normaliseRepositoryUrl } from "../../../shared/model/repository-url.ts";
import type { Key, Table } from "../../../shared/ports/table.ts";
import { groupsOfRepository, noteUnread } from "../../../shared/state/groups.ts";
import { readRef } from "../../../shared/state/refs.ts";
import { applicationAt, far, fetchWorld, lend, monorepo } from "../../support/fetch-world.ts";

const main = { repository: normaliseRepositoryUrl(monorepo), ref: "refs/heads/main" };
const refMessage = { v: 1, kind: "ref", ...main } as const;
const minute = 60_000;

/** A fetch world with a clock that can be moved, and a table that a worker dies of at a write. */
const mortalWorld = () => {
  const world = fetchWorld();
  const { world: live, table } = world;
  let later = 0;
  Object.assign(live, { clock: { now: () => 1_000_000 + later } });
  return {
    ...world,
    wait: (ms: number) => {
      later += ms;
    },
    /** What the sweeper's hint comes to. */
    look: () => fetchPush(refMessage, live),
    ref: () => readRef(table, main.repository, main.ref),
    inputOf: async (name: string) => (await world.state(name))?.input,
    async dying(at: (key: Key) => boolean, work: () => Promise<unknown>): Promise<void> {
      const mortal: Table = {
        ...table,
        update: async (key, ...wish) => {
          if (at(key)) throw new Error("died");
          return table.update(key, ...wish);
        },
      };
      Object.assign(live, { table: mortal });
      await expect(work()).rejects.toThrow("died");
      Object.assign(live, { table });
    },
  };
};

const isGroup = ({ sk }: Key): boolean => sk.startsWith("group#");

/** Dies of what a fetch writes to the ref's item last. */
const atSecond = (sk: string) => {
  let seen = 0;
  return (key: Key) => key.sk === sk && ++seen === 2;
};

/** An Application with sources in two repositories, and the first commit of the one that lends values. */
const lent = async () => {
  const world = mortalWorld();
  return { ...world, first: await lend(world) };
};

describe("a fetch that dies after its wishes, before its reaches (F-01)", () => {
  it("leaves no Application at a commit that the branch was forced back from meanwhile (F-21)", async () => {
    // Its reach told of the commit before, where the branch was again: all of the group was passed over, and kept what it had been wished for.
    const world = mortalWorld();
    const first = world.commit(monorepo, { "web/a.yaml": "kind: First", "api/a.yaml": "kind: Api" });
    await world.declare(applicationAt("web", "web"), applicationAt("api", "api"));
    await world.pushed(first);
    const before = await world.inputOf("web");
    await world.dying(isGroup, () => world.push({ "web/a.yaml": "kind: Between", "api/a.yaml": "kind: Api" }));
    expect(await world.inputOf("web")).not.toBe(before);

    world.point(monorepo, main.ref, first);
    await world.pushed(first);
    expect(await world.ref()).toMatchObject({ wanted: 3, done: 3, dueAt: 1_000_000 + minute });
    world.wait(minute);
    world.told.length = 0;
    expect(await world.look()).toEqual({ done: true });
    expect(await world.inputOf("web")).toBe(before);
    // Only those that it may have wished for are evaluated again.
    expect(world.told).toContainEqual({ event: "fetched", facts: expect.objectContaining({ groups: 2, touched: 1 }) });

    world.wait(15 * minute);
    await world.look();
    expect((await world.ref()).looks).toEqual({});
    expect(await world.ref()).not.toHaveProperty("dueAt");
  });

  it("leaves none at a commit of another branch that was looked at along with its own", async () => {
    const world = mortalWorld();
    const first = world.commit(monorepo, { "web/a.yaml": "kind: First" });
    world.point(monorepo, "refs/heads/dev", first);
    await world.declare(applicationAt("web", "web", { targetRevision: "dev" }), applicationAt("other", "web"));
    await world.pushed(first);
    const before = await world.inputOf("web");
    const between = world.commit(monorepo, { "web/a.yaml": "kind: Between" });
    world.point(monorepo, main.ref, first);
    world.point(monorepo, "refs/heads/dev", between);
    await world.dying(isGroup, () => world.pushed(first));
    expect(await world.inputOf("web")).not.toBe(before);

    world.point(monorepo, "refs/heads/dev", first);
    world.wait(minute);
    await world.look();
    expect(await world.inputOf("web")).toBe(before);
  });

  it("leaves none at a commit of another repository, also where it dies after its reaches", async () => {
    // From then on its own groups were passed over, and nobody said that the other repository's ref is to be looked at.
    const world = await lent();
    const before = await world.inputOf("lent");
    world.commit(far, { "values.yaml": "x: 2" });
    world.commit(monorepo, { "chart/Chart.yaml": "name: a", "chart/values.yaml": "y: 1" });
    await world.dying(atSecond(`ref#${main.ref}`), () => world.look());
    const between = await world.inputOf("lent");
    expect(between).not.toBe(before);

    world.point(far, main.ref, world.first);
    world.wait(minute);
    await world.look();
    const { revisions, input } = (await world.state("lent")) ?? {};
    expect(revisions).toMatchObject([{}, { sha: world.first }]);
    expect(input).not.toBe(between);
  });

  it("leaves none there that it evaluated because a repository can be read again", async () => {
    // Its group was noted as read before the other repository's ref was said to be looked at.
    const world = await lent();
    for await (const group of groupsOfRepository(world.table, main.repository)) await noteUnread(world.table, group, true);
    world.commit(far, { "values.yaml": "x: 2" });
    const unread = { v: 1, kind: "repository", repository: main.repository } as const;
    const isFarRef = ({ pk, sk }: Key) => pk === `repo#${normaliseRepositoryUrl(far)}` && sk.startsWith("ref#");
    await world.dying(isFarRef, () => fetchPush(unread, world.world));
    expect((await world.state("lent"))?.revisions).not.toMatchObject([{}, { sha: world.first }]);

    world.point(far, main.ref, world.first);
    await fetchPush(unread, world.world);
    expect((await world.state("lent"))?.revisions).toMatchObject([{}, { sha: world.first }]);
  });
});

describe("a fetch that is still under way (F-25)", () => {
  it("has its Applications left to it by all that begin beside it", async () => {
    const world = mortalWorld();
    const first = world.commit(monorepo, { "web/a.yaml": "kind: First" });
    await world.declare(applicationAt("web", "web"));
    await world.pushed(first);
    await world.dying(isGroup, () => world.push({ "web/a.yaml": "kind: Between" }));
    world.point(monorepo, main.ref, first);
    world.told.length = 0;
    const { writes } = world.table;
    for (let at = 0; at < 20; at++) await world.look();
    expect(world.told.filter(({ event }) => event === "fetched").every(({ facts }) => facts.touched === 0)).toBe(true);
    // Each says that it has finished, and nothing else.
    expect(world.table.writes).toBe(writes + 20);
  });

  it("costs a push that touches something one write of its ref, and one that touches nothing none", async () => {
    const world = mortalWorld();
    const first = world.commit(monorepo, { "web/a.yaml": "kind: First" });
    await world.declare(applicationAt("web", "web"));
    await world.pushed(first);
    const writes = async (tree: Readonly<Record<string, string>>) => {
      const before = world.table.writes;
      await world.push(tree);
      return world.table.writes - before;
    };
    // The push itself, and that it is done.
    expect(await writes({ "web/a.yaml": "kind: First", "docs/a.md": "text" })).toBe(2);
    // The mark, the wish and the reach, too.
    expect(await writes({ "web/a.yaml": "kind: Second" })).toBe(5);
  });
});
