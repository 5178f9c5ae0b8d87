import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import type { Table } from "../../../shared/ports/table.ts";
import { keys, readItem, readItems } from "../../../shared/state/items.ts";
import { readMessage } from "../../../shared/state/read-message.ts";
import { versionedTable } from "../../../shared/state/versioned-table.ts";
import type { Versions } from "../../../shared/state/versions.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";

/** As it is today, and as a release to come may have it: `owner` and `beat` become one `lease`, `noise` goes. */
const first: Record<string, Versions> = {};
const second: Record<string, Versions> = {
  "app/state": {
    now: 2,
    lifts: { 1: ({ owner, beat }) => ({ set: { lease: `${owner}/${beat}` }, remove: ["owner", "beat", "noise"] }) },
  },
};
const Old = z.object({ v: z.literal(1), owner: z.string(), beat: z.number() });
const New = z.object({ v: z.literal(2), lease: z.string() });

const key = keys.state("web");
const old = { ...key, v: 1, owner: "ada", beat: 7, noise: true, wish: 3, list: [1] };

describe("F-28: an item of another version", () => {
  it("is lifted by newer code when it is read, and nothing is written", async () => {
    const table = memoryTable([old]);
    const item = await versionedTable(table, second).get(key);
    expect(item && readItem(New, item, second)).toEqual({ v: 2, lease: "ada/7" });
    expect(table.writes).toBe(0);
  });

  it("is lifted where it stands by the next write of newer code, and all else in it stays", async () => {
    const table = memoryTable([old]);
    const answer = await versionedTable(table, second).update(key, { add: { wish: 1 } }, { v: { present: true } });
    const lifted = { ...key, v: 2, lease: "ada/7", wish: 4, list: [1] };
    expect(answer).toEqual({ written: true, item: lifted });
    expect(table.items()).toEqual([lifted]);
  });

  it("is lifted as it stands when an older writer comes between", async () => {
    const inner = memoryTable([old]);
    const beat = () => inner.update(key, { add: { beat: 1 } });
    // The call that finds the old item, and the lift itself.
    for (const at of [1, 2]) {
      const { table } = interruptedTable<Table>(inner, at, beat);
      await inner.put(old);
      await versionedTable(table, second).update(key, { add: { wish: 1 } });
      const item = await inner.get(key);
      expect(item).toMatchObject({ v: 2, wish: 4 });
      expect(item?.lease).toBe(at === 1 ? "ada/8" : "ada/7");
    }
  });

  it("keeps a condition that newer code makes about its new content", async () => {
    const table = memoryTable([old]);
    const newer = versionedTable(table, second);
    expect(await newer.update(key, { set: { seen: true } }, { lease: { equals: "bob/1" } })).toMatchObject({ written: false });
    expect(await newer.update(key, { set: { seen: true } }, { lease: { equals: "ada/7" } })).toMatchObject({ written: true });
    expect(await newer.delete(key, { lease: { equals: "ada/7" } })).toMatchObject({ written: true });
  });

  it("is refused by older code, which neither reads it, nor overwrites it, nor deletes it", async () => {
    const newer = { ...key, v: 2, lease: "ada/7" };
    const table = memoryTable([newer]);
    const older = versionedTable(table, first);
    const refused = { code: "ItemNewer", retry: true };
    expect(() => readItem(Old, newer, first)).toThrow(expect.objectContaining(refused));
    await expect(older.update(key, { add: { beat: 1 } })).rejects.toMatchObject(refused);
    await expect(older.update(key, { add: { beat: 1 } }, { v: { present: true } })).rejects.toMatchObject(refused);
    await expect(older.put({ ...old })).rejects.toMatchObject(refused);
    await expect(older.delete(key)).rejects.toMatchObject(refused);
    expect(table.items()).toEqual([newer]);
  });

  it("is refused although it came between the read and the write of older code", async () => {
    const table = memoryTable([old]);
    const older = versionedTable(table, first);
    const read = await older.get(key);
    await versionedTable(table, second).update(key, { add: { wish: 1 } });
    await expect(older.update(key, { set: { owner: "bob" } }, { beat: { equals: Number(read?.beat) } })).rejects.toMatchObject({
      code: "ItemNewer",
    });
    expect(table.items()).toMatchObject([{ v: 2, lease: "ada/7", wish: 4 }]);
  });

  it("harms no other item that is read with it", () => {
    const told: string[] = [];
    const items = [old, { ...old, sk: "other", v: 9 }, { ...old, sk: "third", beat: "seven" }];
    expect(readItems(Old, items, ({ sk }, { code }) => told.push(`${sk} ${code}`)).map(([item]) => item.sk)).toEqual(["state"]);
    expect(told).toEqual(["other ItemNewer", "third ItemUnreadable"]);
  });

  it("costs nothing where nothing changed: one write is one write", async () => {
    const table = memoryTable([old]);
    const today = versionedTable(table);
    await today.update(key, { add: { beat: 1 } }, { v: { present: true } });
    await today.put({ ...keys.project("team"), v: 1 });
    expect(await today.put({ ...keys.project("team"), v: 1 }, { v: { absent: true } })).toMatchObject({ written: false });
    await today.delete(keys.project("team"));
    expect(await today.delete(keys.project("team"))).toEqual({ written: false, found: undefined });
    expect(table.items()).toMatchObject([{ beat: 8 }]);
  });

  it("is a slip of ours where a writer of a new version was forgotten", async () => {
    const newer = versionedTable(memoryTable(), second);
    expect(() => newer.put({ ...old })).toThrow("written as version 1, and its kind is at 2");
    expect(() => newer.update(key, { set: { v: 1 } })).toThrow("written as version 1");
  });
});

describe("F-28: a message of another version", () => {
  const kinds: Versions = { now: 2, lifts: { 1: ({ name }) => ({ set: { names: [name ?? ""] }, remove: ["name"] }) } };
  const Today = z.object({ v: z.literal(2), names: z.array(z.string()) });

  it("is lifted by newer code: an upgrade finds old messages in flight", () => {
    expect(readMessage(Today, JSON.stringify({ v: 1, name: "web" }), kinds)).toEqual({ v: 2, names: ["web"] });
  });

  it("is refused by older code in a way that brings it back", () => {
    const before = z.object({ v: z.literal(1), name: z.string() });
    const body = JSON.stringify({ v: 2, names: ["web"] });
    expect(() => readMessage(before, body)).toThrow(expect.objectContaining({ code: "MessageNewer", retry: true }));
  });

  it("is refused where it is none of ours", () => {
    for (const body of ["", "not JSON", "null", "7", '"text"', "[]", "{}", '{"v":"1"}', '{"v":0}'])
      expect(() => readMessage(Today, body, kinds)).toThrow(expect.objectContaining({ code: "MessageInvalid" }));
  });
});
