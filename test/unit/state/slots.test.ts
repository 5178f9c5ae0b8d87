import { describe, expect, it } from "vitest";
import {
  changeGrant,
  circuitOf,
  claimProbe,
  type Grant,
  giveBack,
  holdOff,
  lapseGrant,
  letThrough,
  readTraffic,
  takeSlots,
} from "../../../shared/state/slots.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const grant = (name: string, slots: number, project = "default"): Grant => ({ name, project, slots, beat: 0 });
const nothing = { reached: false, away: 0 };

const world = () => {
  const table = memoryTable();
  const traffic = () => readTraffic(table, "harbor");
  const take = async (given: Grant, ceiling = 40) =>
    takeSlots(table, "harbor", { grant: given, ceiling, keptBack: 0, gone: 0, seen: await traffic() });
  const back = async (given: Grant, learned = nothing) =>
    giveBack(table, "harbor", { grant: given, served: 0, learned, seen: await traffic(), spent: 0 });
  return { table, traffic, take, back };
};

describe("the slots of a cluster", () => {
  it("are taken side by side until they are all in use, and given back", async () => {
    const { take, back, traffic } = world();
    for (const name of ["a", "b", "c", "d"]) expect(await take(grant(name, 10))).toMatchObject({ taken: true });
    expect(await take(grant("e", 10))).toMatchObject({ taken: false, traffic: { used: 40 } });
    await back(grant("b", 10));
    expect(await take(grant("e", 10))).toMatchObject({ taken: true });
    expect((await traffic()).grants.map(({ name }) => name).toSorted()).toEqual(["a", "c", "d", "e"]);
  });

  // Both had seen that their project held none, and between them they took what is kept for others.
  it("that are kept back go to one of two that saw the same", async () => {
    const { table, traffic, take, back } = world();
    await take(grant("before", 1));
    await back(grant("before", 1));
    const seen = await traffic();
    const takeAsSeen = (given: Grant) => takeSlots(table, "harbor", { grant: given, ceiling: 2, keptBack: 1, gone: 0, seen });
    expect(await takeAsSeen(grant("a", 1, "busy"))).toMatchObject({ taken: true });
    expect(await takeAsSeen(grant("b", 1, "busy"))).toMatchObject({ taken: false });
    const known = { ceiling: 2, keptBack: 1, gone: 0, seen: await traffic() };
    expect(await takeSlots(table, "harbor", { grant: grant("c", 1, "quiet"), ...known })).toMatchObject({ taken: true });
    expect(await takeSlots(table, "harbor", { grant: grant("d", 1, "web"), ...known })).toMatchObject({ taken: false });
  });

  it("are taken once by a take whose answer was lost, and given back once (F-06)", async () => {
    const { take, back, traffic } = world();
    await take(grant("a", 10));
    expect(await take(grant("a", 10))).toMatchObject({ taken: true, traffic: { used: 10 } });
    await back(grant("a", 10));
    await back(grant("a", 10));
    expect(await traffic()).toMatchObject({ used: 0, grants: [] });
  });

  it("do not lapse while their holder beats, and go once where two see that it died (F-08)", async () => {
    const { table, take, traffic } = world();
    await take(grant("dead", 10));
    await take(grant("alive", 10));
    const [seen] = (await traffic()).grants.filter(({ name }) => name === "alive");
    if (!seen) throw new Error("it holds none");
    await changeGrant(table, "harbor", seen, { ...seen, beat: 1 }, 40);
    await lapseGrant(table, "harbor", seen);
    await lapseGrant(table, "harbor", grant("dead", 10));
    await lapseGrant(table, "harbor", grant("dead", 10));
    expect(await traffic()).toMatchObject({ used: 10, grants: [{ name: "alive", beat: 1 }] });
  });

  it("are not those of somebody else where a holder comes back after it was given up (F-09)", async () => {
    const { table, take, back, traffic } = world();
    await take(grant("zombie", 10));
    await lapseGrant(table, "harbor", grant("zombie", 10));
    await take(grant("next", 10));
    expect(await changeGrant(table, "harbor", grant("zombie", 10), grant("zombie", 20), 40)).toBeUndefined();
    await back(grant("zombie", 10));
    expect(await traffic()).toMatchObject({ used: 10 });
  });
});

describe("what steps learn about a cluster", () => {
  it("counts those in a row that could not reach it, and forgets them with one that could", async () => {
    const { take, back, traffic } = world();
    for (const name of ["a", "b"]) {
      await take(grant(name, 1));
      await back(grant(name, 1), { reached: false, away: 1 });
    }
    expect(await traffic()).toMatchObject({ failures: 2 });
    await take(grant("c", 1));
    await back(grant("c", 1), { reached: true, away: 0 });
    expect(await traffic()).toMatchObject({ failures: 0 });
  });

  it("lets one probe through of all who saw the same one before", async () => {
    const { table, take, traffic } = world();
    expect(await holdOff(table, "harbor", { since: 1, reason: "no answer" })).toBe(true);
    expect(await holdOff(table, "harbor", { since: 2, reason: "no answer" })).toBe(false);
    const claims = await Promise.all([claimProbe(table, "harbor", 0), claimProbe(table, "harbor", 0)]);
    expect(claims.toSorted()).toEqual([false, true]);
    expect(circuitOf(await traffic())).toBe("half-open");
    const seen = await traffic();
    await take(grant("probe", 1));
    await giveBack(table, "harbor", { grant: grant("probe", 1), served: 0, learned: { reached: false, away: 1 }, seen, spent: 0 });
    expect(circuitOf(await traffic())).toBe("open");
    expect(await claimProbe(table, "harbor", 1)).toBe(true);
    expect(await letThrough(table, "harbor")).toBe(true);
    expect(await claimProbe(table, "harbor", 2)).toBe(false);
    expect(await take(grant("a", 1))).toMatchObject({ taken: true });
  });
});
