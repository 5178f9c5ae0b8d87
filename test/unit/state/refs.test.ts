import { describe, expect, it } from "vitest";
import { keys } from "../../../shared/state/items.ts";
import { finishRef, keepOpen, type Push, readRef, wantRef } from "../../../shared/state/refs.ts";
import { type MemoryTable, memoryTable } from "../../fakes/memory-table.ts";

const repository = "git.example.com/team/config";
const ref = "refs/heads/main";
/** A fetch that touched nothing, and so has no mark. */
const own = { repository, ref, ended: [], at: 2_000 };

const aPush = (deliveryId: string, more: Partial<Push> = {}): Push => ({ repository, ref, deliveryId, at: 1_000, ...more });

/** Fails who asks in circles, which would keep everything else from running. */
const patient = (table: MemoryTable): MemoryTable => {
  let asked = 0;
  return {
    ...table,
    update: async (...wish) => {
      if (++asked > 20) throw new Error("asked in circles");
      return table.update(...wish);
    },
  };
};

describe("a ref's counters", () => {
  it("count three wishes when a branch goes from A to B and back to A", async () => {
    const table = memoryTable();
    for (const [id, after] of [
      ["1", "a"],
      ["2", "b"],
      ["3", "a"],
    ] as const)
      await wantRef(table, aPush(id, { after }));
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 3, done: 0, after: "a" });
  });

  it("do not move for a delivery that comes twice (F-02)", async () => {
    const table = memoryTable();
    expect(await wantRef(table, aPush("1"))).toBe("recorded");
    const { writes } = table;
    expect(await wantRef(table, aPush("1"))).toBe("duplicate");
    expect(table.writes).toBe(writes);
  });

  it("lose none of a hundred pushes that come at once", async () => {
    const table = memoryTable();
    await Promise.all(Array.from({ length: 100 }, (_, index) => wantRef(table, aPush(`${index}`))));
    expect((await readRef(table, repository, ref)).wanted).toBe(100);
  });

  it("keep the arrival of the oldest push that waits, and forget it when all is done", async () => {
    const table = memoryTable();
    await wantRef(table, aPush("1", { at: 1_000 }));
    await wantRef(table, aPush("2", { at: 9_000 }));
    const read = await readRef(table, repository, ref);
    expect(read.since).toBe(1_000);
    expect(await finishRef(table, { ...own, read, head: "b" })).toBe("settled");
    expect(await readRef(table, repository, ref)).not.toHaveProperty("since");
    expect(await table.due(0, Number.MAX_SAFE_INTEGER, 100)).toEqual([]);
  });

  it("stay open for a push that arrives while fetch is at work", async () => {
    const table = memoryTable();
    await wantRef(table, aPush("1"));
    const read = await readRef(table, repository, ref);
    await wantRef(table, aPush("2"));
    expect(await finishRef(table, { ...own, read, head: "a" })).toBe("moved");
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 2, done: 1 });
  });

  it("never go back when a slower fetch finishes after a faster one that read more", async () => {
    const table = memoryTable();
    await wantRef(table, aPush("1"));
    const slow = await readRef(table, repository, ref);
    await wantRef(table, aPush("2"));
    const fast = await readRef(table, repository, ref);
    await finishRef(table, { ...own, read: fast, head: "newer" });
    expect(await finishRef(table, { ...own, read: slow, head: "newer" })).toBe("settled");
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 2, done: 2, head: "newer" });
  });

  it("are contradicted by a slower fetch that saw another head, and open for a new look", async () => {
    // The faster one had found nothing new before the slower one's wishes stood, and neither looked again.
    const table = memoryTable();
    await wantRef(table, aPush("1"));
    const slow = await readRef(table, repository, ref);
    await wantRef(table, aPush("2"));
    await finishRef(table, { ...own, read: await readRef(table, repository, ref), head: "newer" });
    expect(await finishRef(table, { ...own, read: slow, head: "older" })).toBe("contradicted");
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 2, done: 2, head: "newer" });
    await keepOpen(table, { repository, ref, at: 5_000 });
    await keepOpen(table, { repository, ref, at: 5_000 });
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 3, done: 2, since: 5_000 });
  });

  it("are not settled by two fetches of one message that saw different heads, whichever ends first", async () => {
    const table = memoryTable();
    await wantRef(table, aPush("1"));
    const read = await readRef(table, repository, ref);
    expect(await finishRef(table, { ...own, read, head: "a" })).toBe("settled");
    expect(await finishRef(table, { ...own, read, head: "b" })).toBe("contradicted");
    expect(await readRef(table, repository, ref)).toMatchObject({ head: "a" });
  });

  it("take a push after a fetch that nobody had wished for", async () => {
    // A fetch under way when the table was lost left an item without a count, and every later push was tried again for ever.
    const table = memoryTable();
    await finishRef(table, { ...own, read: await readRef(table, repository, ref), head: "a" });
    expect(await wantRef(table, aPush("1"))).toBe("recorded");
    expect(await finishRef(table, { ...own, read: await readRef(table, repository, ref), head: "b" })).toBe("settled");
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 1, done: 1, head: "b" });
  });

  it("F-30: are left alone by a fetch that read more pushes than the table knows of since it was lost", async () => {
    // A fetch that was under way went round in circles until it ran out of time, and then was done with pushes that nobody had wished for.
    const table = memoryTable();
    for (const id of ["1", "2", "3"]) await wantRef(table, aPush(id));
    const read = await readRef(table, repository, ref);
    await table.delete(keys.ref(repository, ref));
    expect(await finishRef(table, { ...own, read, head: "c" })).toBe("settled");
    await wantRef(table, aPush("4"));
    expect(await finishRef(table, { ...own, read, head: "c" })).toBe("moved");
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 1, done: 0 });
  });

  it("F-30: take each push that comes after a late message found nothing under its name", async () => {
    // The table was lost while a hint was on its way: its fetch wrote down that it was done with 0 pushes. From then on no push could be recorded:
    // webhook and poll waited for a counter that is absent, in circles, until they ran out of time.
    const table = patient(memoryTable());
    await finishRef(table, { ...own, read: await readRef(table, repository, ref) });
    expect(await wantRef(table, aPush("1"))).toBe("recorded");
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 1, done: 0 });
  });

  it("F-30: stay open for a push during the first fetch after a late message found nothing", async () => {
    const table = patient(memoryTable());
    await finishRef(table, { ...own, read: await readRef(table, repository, ref) });
    await wantRef(table, aPush("1"));
    const read = await readRef(table, repository, ref);
    await wantRef(table, aPush("2"));
    expect(await finishRef(table, { ...own, read, head: "a" })).toBe("moved");
    expect(await readRef(table, repository, ref)).toMatchObject({ wanted: 2, done: 1, head: "a" });
  });

  it("take nothing of an earlier push for their own, such as who pushed or from where", async () => {
    const table = memoryTable();
    await wantRef(table, aPush("1", { before: "a", after: "b", pusher: "ada" }));
    await wantRef(table, aPush("poll-c-0", { after: "c" }));
    const read = await readRef(table, repository, ref);
    expect(read).not.toHaveProperty("pusher");
    expect(read).not.toHaveProperty("before");
  });

  it("forget the head of a branch that is gone", async () => {
    const table = memoryTable();
    await wantRef(table, aPush("1", { after: "a" }));
    await finishRef(table, { ...own, read: await readRef(table, repository, ref), head: "a" });
    await wantRef(table, aPush("2"));
    await finishRef(table, { ...own, read: await readRef(table, repository, ref) });
    expect(await readRef(table, repository, ref)).not.toHaveProperty("head");
  });
});
