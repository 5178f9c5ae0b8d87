import { describe, expect, it } from "vitest";
import { eventId, readEvent, readHistory, runningEventId, writeEvent } from "../../../shared/state/events.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { eventOf } from "../../support/events.ts";

const synced = eventOf({ application: "web", id: eventId(3), operation: "7" });

describe("an event", () => {
  it("is written once, however often its step is repeated (F-01, F-02)", async () => {
    const table = memoryTable();
    expect([await writeEvent(table, synced, 1), await writeEvent(table, { ...synced, pusher: "again" }, 1)]).toEqual([
      [synced.id],
      [synced.id],
    ]);
    expect((await readHistory(table, "web")).items).toEqual([synced]);
  });

  it("is corrected by whoever took the lease over, never by whoever lost it (F-09)", async () => {
    const table = memoryTable();
    await writeEvent(table, synced, 2);
    await writeEvent(table, { ...synced, pusher: "the one before" }, 1);
    expect((await readEvent(table, "web", synced.id))?.event.pusher).toBe("grace");
    await writeEvent(table, { ...synced, pusher: "the next one" }, 3);
    expect((await readEvent(table, "web", synced.id))?.event.pusher).toBe("the next one");
  });

  // History read one entry at a time was empty then: whatever was late was taken for the newest, and told.
  it("of an operation under way takes no place from the entries of history", async () => {
    const table = memoryTable();
    await writeEvent(table, { ...synced, id: eventId(2), operation: "6" }, 1);
    await writeEvent(table, synced, 1);
    await writeEvent(table, { ...synced, id: runningEventId(3), operation: "8", kind: "running" }, 1);
    const first = await readHistory(table, "web", 1);
    expect(first.items.map(({ id }) => id)).toEqual([eventId(3)]);
    const second = await readHistory(table, "web", 1, first.cursor);
    expect(second.items.map(({ id }) => id)).toEqual([eventId(2)]);
  });

  // The id is the next one that the state counts: whoever died before it was counted lost his entry to the next operation.
  it("of an operation that the state never counted stays beside the next one's (F-07)", async () => {
    const table = memoryTable();
    const next = { ...synced, operation: "8" };
    await writeEvent(table, synced, 1);
    const ids = await writeEvent(table, next, 2);
    expect(await writeEvent(table, next, 2)).toEqual(ids);
    // Nobody may have heard of the first one: it is named again, and told if it was not.
    expect(ids).toEqual([synced.id, expect.any(String)]);
    await writeEvent(table, { ...synced, id: eventId(4), operation: "9" }, 3);
    const { items } = await readHistory(table, "web");
    expect(items.map(({ operation }) => operation)).toEqual(["9", "8", "7"]);
    expect(ids.map(Number).every((id) => id >= 3 && id < 4)).toBe(true);
  });

  // Only the first of several that nobody had counted was named again: what stood beside it was never told.
  it("names all that earlier writers left behind, however many died (F-07)", async () => {
    const table = memoryTable();
    const [first] = await writeEvent(table, synced, 1);
    const failed = await writeEvent(table, { ...synced, operation: "8", kind: "failed" }, 2);
    const last = await writeEvent(table, { ...synced, operation: "8" }, 3);
    expect(last).toEqual([first, failed.at(-1), expect.any(String)]);
    expect(new Set(last).size).toBe(3);
  });

  // With the same fence the second was not written at all, and people were told the first one again, or nothing.
  it("is not lost to another one that is written at the same time (F-07, F-08)", async () => {
    const table = memoryTable();
    const drift = eventOf({ application: "web", id: eventId(3), operation: "7", kind: "drift-found" });
    const healthy = { ...synced, kind: "healthy" as const };
    const [first, second] = await Promise.all([writeEvent(table, healthy, 1), writeEvent(table, drift, 1)]);
    expect(first).not.toEqual(second);
    expect((await readEvent(table, "web", first.at(-1) ?? ""))?.event.kind).toBe("healthy");
    expect((await readEvent(table, "web", second.at(-1) ?? ""))?.event.kind).toBe("drift-found");
  });

  // A scan died between the event and its hint; the look at health that came next has the same fence, and took it for one that is alive.
  it("names what a writer of the same fence left behind: it may have died (F-01)", async () => {
    const table = memoryTable();
    const drift = eventOf({ application: "web", id: eventId(3), operation: "7", kind: "drift-found" });
    await writeEvent(table, drift, 1);
    const ids = await writeEvent(table, { ...synced, kind: "healthy" }, 1);
    expect(ids).toEqual([drift.id, expect.stringContaining(".")]);
    expect(await writeEvent(table, { ...synced, kind: "healthy" }, 1)).toEqual(ids);
  });
});
