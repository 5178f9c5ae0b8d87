import { describe, expect, it } from "vitest";
import type { EventKind } from "../../../shared/model/event.ts";
import type { Table } from "../../../shared/ports/table.ts";
import { declareApplication } from "../../../shared/state/applications.ts";
import { eventId, readHistory, runningEventId, writeEvent } from "../../../shared/state/events.ts";
import { keepHistoryShort } from "../../../shared/state/history-limit.ts";
import { keys } from "../../../shared/state/items.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { eventOf } from "../../support/events.ts";
import { anApplication } from "../../support/sync-world.ts";

const hour = 60 * 60_000;
const now = 1_800_000_000_000;

/** `web` with so many events, an hour apart, the last one now; each was told at one place. */
const lived = async (events: number, revisionHistoryLimit = 10, kindOf: (ordinal: number) => EventKind = () => "synced") => {
  const table = memoryTable();
  await declareApplication(table, { application: anApplication({ revisionHistoryLimit }), cluster: "harbor", at: now });
  for (let ordinal = 1; ordinal <= events; ordinal++) {
    const at = new Date(now - (events - ordinal) * hour).toISOString();
    const event = eventOf({ application: "web", id: eventId(ordinal), kind: kindOf(ordinal), at, operation: `${ordinal}` });
    await writeEvent(table, event, 1);
    await table.put({ ...keys.notice("web", "slack#deployments", `${ordinal}`), v: 1 });
  }
  const shorten = (ordinal: number, id = eventId(ordinal)) => keepHistoryShort(table, { application: "web", event: id }, now);
  const left = async () => (await readHistory(table, "web", 1_000)).items.map(({ id }) => Number(id));
  const told = async () => (await table.query({ pk: "app#web", prefix: "notice#" })).items.map(({ sk }) => Number(sk.split("#").at(-1)));
  return { table, shorten, left, told };
};

/** What was told of an operation before it had ended, after so many events. */
const running = (events: number, at: string) =>
  eventOf({ application: "web", id: runningEventId(events), kind: "running", at, operation: `${events + 1}` });

const newest = (count: number, of: number) => Array.from({ length: count }, (_, at) => of - at);

describe("history", () => {
  it("keeps as many syncs as revisionHistoryLimit says, and what was told of them", async () => {
    const { shorten, left, told } = await lived(32, 10);
    await shorten(32);
    expect(await left()).toEqual(newest(10, 32));
    expect((await told()).toSorted((a, b) => b - a)).toEqual(newest(10, 32));
  });

  it("costs nothing with most events", async () => {
    const { table, shorten, left } = await lived(31);
    const before = table.writes;
    const asked: string[] = [];
    const watched: Table = {
      ...table,
      query: (query) => {
        asked.push(query.pk);
        return table.query(query);
      },
    };
    for (let ordinal = 17; ordinal < 32; ordinal++) await keepHistoryShort(watched, { application: "web", event: eventId(ordinal) }, now);
    await shorten(16, `${eventId(16)}-running`);
    expect([table.writes - before, asked.length, (await left()).length]).toEqual([0, 0, 31]);
  });

  it("keeps its newest entry with a limit of 0", async () => {
    const { table, left } = await lived(16, 0);
    await keepHistoryShort(table, { application: "web", event: eventId(16) }, now + 2 * hour);
    expect(await left()).toEqual([16]);
  });

  it("keeps its newest entry while an operation is under way", async () => {
    const { table, left } = await lived(16, 0);
    await writeEvent(table, running(16, new Date(now).toISOString()), 1);
    await keepHistoryShort(table, { application: "web", event: eventId(16) }, now + 2 * hour);
    expect(await left()).toEqual([16]);
  });

  // Each of them counted as something else that happened, and 50 of those are kept.
  it("loses no failure to operations that were told while they were under way, and lets those go", async () => {
    const { table, shorten, left } = await lived(64, 3, (ordinal) => (ordinal === 1 ? "failed" : "synced"));
    for (let ordinal = 1; ordinal < 64; ordinal++) await writeEvent(table, running(ordinal, new Date(now - 2 * hour).toISOString()), 1);
    await shorten(64);
    expect(await left()).toEqual([64, 63, 62, 1]);
    expect((await table.query({ pk: "app#web", prefix: "event#" })).items).toHaveLength(4);
  });

  it("loses no sync to drift that comes back all day long", async () => {
    const { shorten, left } = await lived(160, 3, (ordinal) => (ordinal <= 3 ? "synced" : "drift-healed"));
    await shorten(160);
    expect(await left()).toEqual([...newest(50, 160), 3, 2, 1]);
  });

  it("keeps what happened in the last hour: it may not have been told yet", async () => {
    const { table, shorten, left } = await lived(16, 2);
    for (let ordinal = 17; ordinal <= 32; ordinal++) {
      const at = new Date(now - 59 * 60_000).toISOString();
      await writeEvent(table, eventOf({ application: "web", id: eventId(ordinal), at, operation: `${ordinal}` }), 1);
    }
    await shorten(32);
    expect(await left()).toEqual(newest(17, 32));
  });

  it("leaves alone what is told of an operation that is newer than all it has read", async () => {
    const { table, shorten, told } = await lived(32, 10);
    await table.put({ ...keys.notice("web", "slack#deployments", "33"), v: 1 });
    await shorten(32);
    expect(await told()).toContain(33);
  });

  it("leaves the Application itself as it is", async () => {
    const { table, shorten } = await lived(32, 1);
    const rest = () => table.items().filter(({ sk }) => !sk.startsWith("event#") && !sk.startsWith("notice#"));
    const before = rest();
    await shorten(32);
    expect(rest()).toEqual(before);
  });
});
