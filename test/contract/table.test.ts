import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoTable } from "../../shared/adapters/table/dynamodb.ts";
import { documentClient } from "../../shared/adapters/table/open.ts";
import type { Condition, Item, Table } from "../../shared/ports/table.ts";
import { memoryTable } from "../fakes/memory-table.ts";
import { freeGate } from "../simulation/free.ts";
import { gatedTable, tableStore } from "../simulation/ports/table.ts";
import { standInsForTests, type TestStandIns } from "./stand-ins.ts";

let standIns: TestStandIns;
beforeAll(async () => {
  standIns = await standInsForTests();
});
afterAll(() => standIns.stop());

const tables: Readonly<Record<string, () => Table>> = {
  "in memory": () => memoryTable(),
  simulated: () => gatedTable(tableStore().table, freeGate().call),
  "on DynamoDB": () => dynamoTable(documentClient(standIns.dynamodb), standIns.table),
};

/** A partition nobody else has used: the table on DynamoDB is one for the whole file. */
const newPk = () => `app#${randomUUID()}`;

describe.each(Object.keys(tables))("a table %s", (kind) => {
  const table = (): Table => {
    const open = tables[kind];
    if (!open) throw new Error(kind);
    return open();
  };

  it("gives back what was put, without undefined attributes at any depth", async () => {
    const t = table();
    const item = { pk: newPk(), sk: "spec", v: 1, size: 1.5, none: null, flags: [true, { deep: "", gone: undefined }], gone: undefined };
    const stored = { pk: item.pk, sk: "spec", v: 1, size: 1.5, none: null, flags: [true, { deep: "" }] };

    expect(await t.put(item)).toStrictEqual({ written: true, item: stored });
    expect(await t.get(item)).toStrictEqual(stored);
  });

  it("knows nothing of a key that was never written", async () => {
    expect(await table().get({ pk: newPk(), sk: "spec" })).toBeUndefined();
  });

  it("gets many keys, leaving out absent ones and repeated ones", async () => {
    const t = table();
    const pk = newPk();
    const keys = Array.from({ length: 230 }, (_, at) => ({ pk, sk: `event#${String(at).padStart(3, "0")}` }));
    await Promise.all(keys.map((key) => t.put({ ...key, v: 1 })));

    const found = await t.getMany([...keys, ...keys.slice(0, 5), { pk, sk: "absent" }]);

    expect(found.map((item) => item.sk).toSorted()).toEqual(keys.map((key) => key.sk));
    expect(await t.getMany([])).toEqual([]);
  });

  it("refuses a put whose condition fails and says what stands there", async () => {
    const t = table();
    const item: Item = { pk: newPk(), sk: "lock", v: 1, owner: "first", nested: { list: [1, "two", null, true] } };
    expect(await t.put(item, { pk: { absent: true } })).toMatchObject({ written: true });

    expect(await t.put({ ...item, owner: "second" }, { pk: { absent: true } })).toStrictEqual({ written: false, found: item });
    expect(await t.get(item)).toStrictEqual(item);
  });

  it("says that nothing stands where a condition fails on an absent item", async () => {
    expect(await table().update({ pk: newPk(), sk: "state" }, { set: { a: 1 } }, { v: { present: true } })).toStrictEqual({
      written: false,
      found: undefined,
    });
  });

  it.each<[string, Condition, boolean]>([
    ["equals the same text", { name: { equals: "web" } }, true],
    ["equals another text", { name: { equals: "api" } }, false],
    ["equals a number of another type", { name: { equals: 5 } }, false],
    ["equals on an absent attribute", { none: { equals: "web" } }, false],
    ["equals a boolean", { on: { equals: true } }, true],
    ["differs from another text", { name: { differs: "api" } }, true],
    ["differs from the same text", { name: { differs: "web" } }, false],
    ["differs on an absent attribute", { none: { differs: "web" } }, true],
    ["absent on an absent attribute", { none: { absent: true } }, true],
    ["absent on a present attribute", { name: { absent: true } }, false],
    ["present on a present attribute", { name: { present: true } }, true],
    ["present on an absent attribute", { none: { present: true } }, false],
    ["below a larger number", { size: { below: 6 } }, true],
    ["below the same number", { size: { below: 5 } }, false],
    ["below on an absent attribute", { none: { below: 5 } }, false],
    ["at least the same number", { size: { atLeast: 5 } }, true],
    ["at least a larger number", { size: { atLeast: 6 } }, false],
    ["absent or the same number, where it is the same", { size: { absentOr: 5 } }, true],
    ["absent or the same number, where it is another", { size: { absentOr: 6 } }, false],
    ["absent or the same number, where it is absent", { none: { absentOr: 5 } }, true],
    ["absent or at most a number, where it is the same", { size: { absentOrAtMost: 5 } }, true],
    ["absent or at most a number, where it is more", { size: { absentOrAtMost: 4 } }, false],
    ["absent or at most a number, where it is absent", { none: { absentOrAtMost: 4 } }, true],
    ["absent or at most a number, where it is a text", { name: { absentOrAtMost: 9 } }, false],
    ["all of several tests", { size: { atLeast: 5 }, name: { equals: "web" }, none: { absent: true } }, true],
    ["one of several tests failing", { size: { atLeast: 5 }, name: { equals: "api" } }, false],
  ])("decides a condition: %s", async (_title, condition, written) => {
    const t = table();
    const item: Item = { pk: newPk(), sk: "state", v: 1, name: "web", size: 5, on: true };
    await t.put(item);

    expect((await t.update(item, { set: { touched: true } }, condition)).written).toBe(written);
    expect((await t.get(item))?.touched).toBe(written ? true : undefined);
  });

  it("updates by setting, adding and removing in one write, and answers with the whole item", async () => {
    const t = table();
    const key = { pk: newPk(), sk: "state" };
    await t.put({ ...key, v: 1, beat: 4, owner: "me", name: "web", list: [1] });

    const answer = await t.update(key, {
      set: { name: "api", list: [{ a: 1, b: undefined }], undefinedStays: undefined },
      add: { beat: 2, fence: 1 },
      remove: ["owner", "never"],
    });

    const after = { ...key, v: 1, beat: 6, fence: 1, name: "api", list: [{ a: 1 }] };
    expect(answer).toStrictEqual({ written: true, item: after });
    expect(await t.get(key)).toStrictEqual(after);
  });

  it("creates by an update, but never an item without a schema version", async () => {
    const t = table();
    const key = { pk: newPk(), sk: "state" };
    expect(await t.update(key, { set: { v: 1 }, add: { wanted: 1 } })).toStrictEqual({ written: true, item: { ...key, v: 1, wanted: 1 } });
    await expect(t.update({ pk: newPk(), sk: "state" }, { add: { wanted: 1 } })).rejects.toThrow('no schema version "v"');
  });

  it("takes attribute names that DynamoDB reserves", async () => {
    const t = table();
    const key = { pk: newPk(), sk: "state" };
    await t.put({ ...key, v: 1, name: "a", status: "b", "with.dot-and#hash": 1 });
    const answer = await t.update(key, { set: { status: "c" }, remove: ["name"] }, { "with.dot-and#hash": { equals: 1 } });
    expect(answer).toStrictEqual({ written: true, item: { ...key, v: 1, status: "c", "with.dot-and#hash": 1 } });
  });

  it("deletes and answers with the old item; deleting what is absent writes nothing", async () => {
    const t = table();
    const item: Item = { pk: newPk(), sk: "child", v: 1 };
    await t.put(item);

    expect(await t.delete(item, { v: { equals: 2 } })).toStrictEqual({ written: false, found: item });
    expect(await t.delete(item)).toStrictEqual({ written: true, item });
    expect(await t.delete(item)).toStrictEqual({ written: false, found: undefined });
  });

  it("lets exactly one of many writers win a condition", async () => {
    const t = table();
    const key = { pk: newPk(), sk: "state" };
    await t.put({ ...key, v: 1, fence: 1 });

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => t.update(key, { set: { owner: `worker-${at}` }, add: { fence: 1 } }, { fence: { equals: 1 } })),
    );

    expect(answers.filter((answer) => answer.written)).toHaveLength(1);
    expect((await t.get(key))?.fence).toBe(2);
  });

  it("queries one partition by prefix, in both directions, page by page", async () => {
    const t = table();
    const pk = newPk();
    const names = ["child#a", "event#1", "event#2", "event#3", "state"];
    await Promise.all(names.toReversed().map((sk) => t.put({ pk, sk, v: 1 })));
    await t.put({ pk: `${pk}x`, sk: "event#9", v: 1 });

    expect((await t.query({ pk })).items.map((item) => item.sk)).toEqual(names);
    expect((await t.query({ pk, prefix: "event#" })).items.map((item) => item.sk)).toEqual(["event#1", "event#2", "event#3"]);
    const first = await t.query({ pk, prefix: "event#", descending: true, limit: 2 });
    expect(first.items.map((item) => item.sk)).toEqual(["event#3", "event#2"]);
    expect(first.cursor).toBeDefined();
    const second = await t.query({ pk, prefix: "event#", descending: true, limit: 2, cursor: first.cursor ?? "" });
    expect(second.items.map((item) => item.sk)).toEqual(["event#1"]);
    expect(second.cursor).toBeUndefined();
  });

  it("lists what is due in a shard, earliest first, and forgets what is no longer due", async () => {
    const t = table();
    const pk = newPk();
    const at = 1_700_000_000_000;
    const shard = Math.floor(Math.random() * 1_000_000) + 16;
    const due = (sk: string, dueAt: number, dueShard = shard) => t.put({ pk, sk, v: 1, dueShard, dueAt });
    await Promise.all([
      due("late", at + 5),
      due("early", at - 5),
      due("now", at),
      due("never", at + 1_000),
      due("elsewhere", at, shard + 1),
    ]);
    await t.put({ pk, sk: "idle", v: 1 });

    expect(await t.due(shard, at + 5, 10)).toEqual(["early", "now", "late"].map((sk) => ({ pk, sk })));
    expect(await t.due(shard, at + 5, 1)).toEqual([{ pk, sk: "early" }]);

    await t.update({ pk, sk: "early" }, { remove: ["dueShard", "dueAt"] });
    await t.update({ pk, sk: "now" }, { set: { dueAt: at + 60_000 } });
    await t.delete({ pk, sk: "late" });
    expect(await t.due(shard, at + 5, 10)).toEqual([]);
  });
});

describe("a table on DynamoDB", () => {
  it("says TableUnavailable, which a later try may help, when nothing answers", async () => {
    const client = documentClient(standIns.dynamodb);
    await expect(dynamoTable(client, "no-such-table").get({ pk: "a", sk: "b" })).rejects.toMatchObject({
      code: "TableUnavailable",
      retry: true,
      message: expect.stringContaining("no-such-table"),
    });
  });

  it("lets a request that is our own mistake stand out", async () => {
    const t = dynamoTable(documentClient(standIns.dynamodb), standIns.table);
    await expect(t.update({ pk: "", sk: "b" }, { set: { v: 1 } })).rejects.toMatchObject({ name: "ValidationException" });
  });
});
