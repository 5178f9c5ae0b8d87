import { describe, expect, it } from "vitest";
import { gatheringQueue } from "../../../shared/adapters/queue/gathering.ts";
import { gatheringTable } from "../../../shared/adapters/table/gathering.ts";
import { Failure } from "../../../shared/model/failure.ts";
import type { Key, Table } from "../../../shared/ports/table.ts";
import { memoryQueue } from "../../fakes/memory-queue.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const key = (name: string): Key => ({ pk: `app#${name}`, sk: "state" });

/** A table that notes how it is read. */
const notedTable = () => {
  const inner = memoryTable();
  const reads: (readonly Key[])[] = [];
  const table: Table = {
    ...inner,
    get: (asked) => {
      reads.push([asked]);
      return inner.get(asked);
    },
    getMany: (asked) => {
      reads.push(asked);
      return inner.getMany(asked);
    },
  };
  return { table: gatheringTable(table), reads };
};

describe("gets that are asked for at one moment", () => {
  it("become one request, and each gets its own item or none", async () => {
    const { table, reads } = notedTable();
    await table.put({ ...key("web"), v: 1, at: 1 });
    await table.put({ ...key("shop"), v: 1, at: 2 });

    const items = await Promise.all([table.get(key("shop")), table.get(key("gone")), table.get(key("web"))]);

    expect(items.map((item) => item?.at)).toStrictEqual([2, undefined, 1]);
    expect(reads).toStrictEqual([[key("shop"), key("gone"), key("web")]]);
  });

  it("see what was written before they were asked for, also while an earlier request is under way", async () => {
    const { table, reads } = notedTable();
    await table.put({ ...key("web"), v: 1, at: 1 });

    const first = table.get(key("web"));
    await new Promise((resolve) => setImmediate(resolve));
    await table.put({ ...key("web"), v: 1, at: 2 });
    const second = table.get(key("web"));

    expect([(await first)?.at, (await second)?.at]).toStrictEqual([1, 2]);
    expect(reads).toHaveLength(2);
  });

  it("fail together, and the next ones are asked for anew", async () => {
    const inner = memoryTable();
    let down = true;
    const getMany: Table["getMany"] = async (keys) => {
      if (down) throw new Failure("TableUnavailable", "fairlead", "the table did not answer");
      return inner.getMany(keys);
    };
    const table = gatheringTable({ ...inner, getMany });

    const failed = await Promise.allSettled([table.get(key("web")), table.get(key("shop"))]);
    down = false;

    expect(failed.map(({ status }) => status)).toStrictEqual(["rejected", "rejected"]);
    expect(await Promise.all([table.get(key("web")), table.get(key("shop"))])).toStrictEqual([undefined, undefined]);
  });
});

describe("messages that are sent at one moment", () => {
  it("go in one call, and nothing is sent for none", async () => {
    const inner = memoryQueue<string>();
    let calls = 0;
    const queue = gatheringQueue<string>({
      send: (messages) => {
        calls++;
        return inner.send(messages);
      },
    });

    await Promise.all([
      queue.send([{ body: "one", group: "team" }]),
      queue.send([
        { body: "two", group: "team" },
        { body: "three", delaySeconds: 5, group: "team" },
      ]),
    ]);
    await queue.send([]);

    expect(inner.sent.map(({ body }) => body)).toStrictEqual(["one", "two", "three"]);
    expect(calls).toBe(1);
  });
});
