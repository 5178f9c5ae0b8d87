import { describe, expect, it } from "vitest";
import { doubtedBy } from "../../../shared/state/looks.ts";
import { beginLook, finishRef, keepOpen, readRef, wantRef } from "../../../shared/state/refs.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const main = { repository: "git.example.com/team/config", ref: "refs/heads/main" };
const groups = ["aaaaaaaaaaaa-0", "bbbbbbbbbbbb-0"];
const minute = 60_000;

const wantedRef = async () => {
  const table = memoryTable();
  await wantRef(table, { ...main, deliveryId: "1", at: 0 });
  const read = await readRef(table, main.repository, main.ref);
  const begin = (at: number) => beginLook(table, { ...main, read, groups, at });
  const now = () => readRef(table, main.repository, main.ref);
  return { table, begin, now };
};

describe("the mark of a fetch that is under way", () => {
  it("is one write, and goes with the write that says it has finished", async () => {
    const { table, begin, now } = await wantedRef();
    const before = table.writes;
    const { own, read } = await begin(0);
    expect(await finishRef(table, { ...main, read, head: "a", ended: [own], at: 1 })).toBe("settled");
    expect(table.writes).toBe(before + 2);
    expect(await now()).toMatchObject({ done: 1, looks: {} });
    expect(await now()).not.toHaveProperty("dueAt");
  });

  it("is its own where many begin at once, and none ends another's", async () => {
    const { table, begin, now } = await wantedRef();
    let left = 10;
    for (const { own, read } of await Promise.all(Array.from({ length: left }, () => begin(0)))) {
      expect(await now()).toMatchObject({ dueAt: minute });
      expect(Object.keys((await now()).looks)).toHaveLength(left--);
      expect(await finishRef(table, { ...main, read, head: "a", ended: [own], at: 1 })).toBe("settled");
    }
    expect(await now()).toMatchObject({ done: 1, looks: {} });
    expect(await now()).not.toHaveProperty("dueAt");
  });

  it("goes, too, where its fetch leaves the ref open", async () => {
    const { table, begin, now } = await wantedRef();
    const { own } = await begin(0);
    await keepOpen(table, { ...main, own, at: 1 });
    expect(await now()).toMatchObject({ wanted: 1, done: 0, looks: {}, dueAt: minute });
  });

  it("has the ref looked at twice where it stays: when it is doubted, and when whoever made it cannot live any more", async () => {
    const { table, begin, now } = await wantedRef();
    const { own } = await begin(0);
    const finish = async (at: number, ended: readonly string[] = []) =>
      finishRef(table, { ...main, read: await now(), head: "a", ended, at });
    await finish(1_000);
    expect(await now()).toMatchObject({ wanted: 1, done: 1, dueAt: minute });
    await finish(minute);
    expect(await now()).toMatchObject({ dueAt: 15 * minute });
    await finish(15 * minute, [own]);
    expect(await now()).not.toHaveProperty("dueAt");
  });

  it("names a thousand groups; with more than that, any may be meant", async () => {
    const { table, now } = await wantedRef();
    const many = Array.from({ length: 1_001 }, (_, at) => `${at}`.padStart(8, "0"));
    const begin = async (some: readonly string[]) => beginLook(table, { ...main, read: await now(), groups: some, at: 0 });
    await begin(many.slice(1));
    const isDoubted = doubtedBy((await now()).looks, minute);
    expect([isDoubted("00000001"), isDoubted("00000000")]).toEqual([true, false]);
    await begin(many);
    expect(doubtedBy((await now()).looks, minute)("00000000")).toBe(true);
    expect(JSON.stringify(await table.get({ pk: `repo#${main.repository}`, sk: `ref#${main.ref}` })).length).toBeLessThan(20_000);
  });
});
