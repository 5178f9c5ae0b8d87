import { describe, expect, it } from "vitest";
import { fetchPush } from "../../../shared/fetch/fetch-push.ts";
import { poll } from "../../../shared/scan/poll.ts";
import { groupsOf } from "../../../shared/state/groups.ts";
import { keys } from "../../../shared/state/items.ts";
import type { PushMessage } from "../../../shared/state/messages.ts";
import { readRef } from "../../../shared/state/refs.ts";
import { readRepository } from "../../../shared/state/repositories.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { applicationAt, fetchWorld, monorepo } from "../../support/fetch-world.ts";
import { anApplication } from "../../support/sync-world.ts";

const repository = "git.example.com/team/config";
const ref = "refs/heads/main";
const minute = 60_000;

const files = (a: string, b: string, c: string) => ({
  "a/map.yaml": `kind: A${a}`,
  "b/map.yaml": `kind: B${b}`,
  "c/map.yaml": `kind: C${c}`,
});

const sources = ["a", "b"].map((path) => ({ repoURL: monorepo, targetRevision: "main", path }));
const both = anApplication({ name: "both", sources });

/** `both` has a group for each of two paths, of which the first cannot be read any more; `api` has a third one. */
const world = async () => {
  const fetched = fetchWorld();
  const { world: live, table } = fetched;
  let now = 1_000_000;
  Object.assign(live, { clock: { now: () => now } });
  const first = fetched.commit(monorepo, files("1", "1", "1"));
  await fetched.declare(both, applicationAt("api", "c"));
  await fetched.pushed(first);
  fetched.rendered();
  const [group] = groupsOf(both);
  const of = (v: number) => table.update(keys.group(repository, group?.id ?? ""), { set: { v } });
  await of(2);
  return {
    ...fetched,
    live,
    readable: () => of(1),
    /** What the sweeper's hint comes to, a minute later. */
    look: () => {
      now += minute;
      return fetchPush({ v: 1, kind: "ref", repository, ref }, live);
    },
    ref: () => readRef(table, repository, ref),
  };
};

describe("F-27, F-28: a group of which the item cannot be read", () => {
  it("keeps no other of its repository from a push, and gets it when it can be read again", async () => {
    // It stopped every push to its repository: nobody who followed it was evaluated.
    const at = await world();
    const { rendered, told, ref, readable, look } = at;
    expect(await at.push(files("2", "1", "2"))).toEqual({ done: true });
    expect(rendered()).toEqual(["api"]);
    expect(told.at(-1)).toMatchObject({ event: "fetch-delayed", facts: { code: "ItemNewer", reason: expect.stringContaining("group#") } });
    expect(await ref()).toMatchObject({ wanted: 2, done: 1, dueAt: 1_000_000 + minute });

    await readable();
    expect(await look()).toEqual({ done: true });
    expect(rendered()).toEqual(["both"]);
    expect((await ref()).done).toBe(2);
  });

  it("has its Applications evaluated anew then, also where its reach tells of just what stands there again", async () => {
    const at = await world();
    const { rendered, readable, look, state } = at;
    const before = (await state("both"))?.input;
    await at.push(files("2", "2", "2"));
    // By its other group it has come to the new content of both.
    expect(rendered()).toEqual(["api", "both"]);
    await at.push(files("1", "2", "2"));
    expect(rendered()).toEqual([]);
    const between = (await state("both"))?.input;
    await readable();
    await look();
    expect(rendered()).toEqual(["both"]);
    expect([before, between]).not.toContain((await state("both"))?.input);
  });

  it("costs one look a minute for as long as it lasts, of which nothing gathers", async () => {
    const at = await world();
    const { rendered, look, ref } = at;
    await at.push(files("2", "2", "2"));
    rendered();
    for (let minutes = 0; minutes < 20; minutes++) expect(await look()).toEqual({ done: true });
    expect(rendered()).toEqual([]);
    const { wanted, done, looks } = await ref();
    expect(wanted).toBeGreaterThan(done);
    expect(Object.keys(looks)).toHaveLength(1);
  });

  it("is told by the poll, which finds pushes for the others, and keeps its repository followed", async () => {
    const { live, table, commit, told } = await world();
    const pushes = memoryQueue<PushMessage>();
    const polled = (after: string | undefined) =>
      poll({
        ...live,
        pushes,
        pollSeconds: () => undefined,
        listRefs: async () => ({ refs: new Map(after === undefined ? [] : [[ref, after]]) }),
        resolve: (_, { refs }) => (refs.has(ref) ? { sha: refs.get(ref) ?? "", ref } : undefined),
      });
    await polled(commit(monorepo, files("2", "2", "2")));
    expect(pushes.take()).toEqual([{ v: 1, kind: "ref", repository, ref }]);
    expect(told).toContainEqual({ event: "poll-failed", facts: { repository, reason: expect.stringContaining("group#") } });

    for (const { sk } of table.items().filter(({ sk, v }) => sk.startsWith("group#") && v === 1))
      await table.delete(keys.group(repository, sk.slice(6)));
    await polled(undefined);
    expect(await readRepository(table, repository)).toBeDefined();
  });
});

describe("F-27, F-28: a ref of which the item cannot be read", () => {
  it("keeps an Application that met it open, and none of the others", async () => {
    const fetched = fetchWorld();
    const { table, rendered, told } = fetched;
    const far = "https://git.example.com/far.git";
    fetched.commit(far, { "map.yaml": "kind: Far" });
    const first = fetched.commit(monorepo, files("1", "1", "1"));
    const wide = anApplication({ name: "wide", sources: [...sources, { repoURL: far, targetRevision: "main", path: "." }] });
    await fetched.declare(wide, applicationAt("api", "c"));
    await fetched.pushed(first);
    rendered();
    await table.update(keys.ref("git.example.com/far", ref), { set: { v: 2, head: "b".repeat(40) } });
    await fetched.push(files("2", "2", "2"));
    expect(rendered()).toEqual(["api", "wide"]);
    expect(told.at(-1)).toMatchObject({ event: "fetch-delayed", facts: { code: "ItemNewer" } });
    const { looks, wanted, done } = await readRef(table, repository, ref);
    expect([looks, wanted > done]).toEqual([{}, true]);
    // The others' reaches are written: none of them is evaluated again with each look.
    await fetchPush({ v: 1, kind: "ref", repository, ref }, fetched.world);
    expect(told.findLast(({ event }) => event === "fetched")).toMatchObject({ facts: { groups: 3, touched: 2 } });
  });
});
