import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../shared/model/json.ts";
import type { SyncWindow } from "../../../shared/model/sync-window.ts";
import { windowTimes } from "../../../shared/policy/window-times.ts";
import { at, told, windowOf } from "./windows.ts";

const berlin = "Europe/Berlin";
const isOpen = (written: JsonObject, when: string) => windowTimes(windowOf(written)).isOpen(at(when));
const nextMove = (written: JsonObject, when: string) => told(windowTimes(windowOf(written)).nextMove(at(when)));

describe("a sync window", () => {
  it.each([
    ["before it begins", "2026-01-05 21:59", false],
    ["from its first moment on", "2026-01-05 22:00", true],
    ["over midnight", "2026-01-06 03:00", true],
    ["up to its last minute", "2026-01-06 05:59", true],
    ["not at its end", "2026-01-06 06:00", false],
  ])("%s: open is %s", (_, when, open) => {
    expect(isOpen({}, when)).toBe(open);
  });

  it("is open day and night when it begins again before it ends", () => {
    for (const when of ["2026-01-05 00:00", "2026-01-05 12:34", "2026-01-05 23:59"])
      expect(isOpen({ schedule: "0 0 * * *", duration: "24h" }, when)).toBe(true);
  });

  it("is never open without a duration", () => {
    expect(isOpen({ duration: "0" }, "2026-01-05 22:00")).toBe(false);
    expect(isOpen({ duration: "-1h" }, "2026-01-05 21:30")).toBe(false);
  });

  it("lies on the clock of its time zone, summer and winter", () => {
    const nine = { schedule: "0 9 * * *", duration: "1h", timeZone: berlin };
    expect([isOpen(nine, "2026-01-05 08:30"), isOpen(nine, "2026-07-05 08:30")]).toEqual([true, false]);
    expect([isOpen(nine, "2026-01-05 07:30"), isOpen(nine, "2026-07-05 07:30")]).toEqual([false, true]);
  });

  it("says when it moves next", () => {
    expect(nextMove({}, "2026-01-05 12:00")).toBe("2026-01-05T22:00:00.000Z");
    expect(nextMove({}, "2026-01-05 22:00")).toBe("2026-01-06T06:00:00.000Z");
    expect(nextMove({ timeZone: berlin }, "2026-01-05 12:00")).toBe("2026-01-05T21:00:00.000Z");
    expect(nextMove({ schedule: "0 0 29 2 *", duration: "1h" }, "2026-03-01 12:00")).toBe("2028-02-29T00:00:00.000Z");
  });
});

/** In Berlin the clock jumps from 02:00 to 03:00 on 29 March 2026 (01:00 UTC), and shows 02:00 to 03:00 twice on 25 October (01:00 UTC). */
describe("a sync window in a night in which the clock changes", () => {
  it("closes when the clock on the wall says so", () => {
    const night = { schedule: "0 22 * * *", duration: "8h", timeZone: berlin };
    expect([isOpen(night, "2026-03-29 03:59"), isOpen(night, "2026-03-29 04:00")]).toEqual([true, false]);
    expect([isOpen(night, "2026-10-25 04:59"), isOpen(night, "2026-10-25 05:00")]).toEqual([true, false]);
  });

  it("that would begin in the hour that is skipped is open from that hour's end on", () => {
    const skipped = { schedule: "30 2 * * *", duration: "1h", timeZone: berlin };
    expect([isOpen(skipped, "2026-03-29 00:59"), isOpen(skipped, "2026-03-29 01:00"), isOpen(skipped, "2026-03-29 01:30")]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("that begins in the hour that comes twice begins twice", () => {
    const twice = { schedule: "30 2 * * *", duration: "10m", timeZone: berlin };
    const open = ["00:29", "00:30", "00:40", "01:29", "01:30", "01:40"].map((time) => isOpen(twice, `2026-10-25 ${time}`));
    expect(open).toEqual([false, true, false, false, true, false]);
  });

  it("asks to be looked at again when the clock is put forward or back before its next move", () => {
    const nine = { schedule: "0 9 29 3 *", duration: "1h", timeZone: berlin };
    expect(nextMove(nine, "2026-03-01 12:00")).toBe("2026-03-29T01:00:00.000Z");
    expect(nextMove(nine, "2026-03-29 01:00")).toBe("2026-03-29T07:00:00.000Z");
  });
});

/** Minute by minute: on the wall, some minute within the last `duration` begins a window. */
describe("any sync window", () => {
  const numbers = (least: number, most: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 3 }).map((list) => list.join(",")),
      fc
        .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc.integer({ min: 1, max: 9 }).map((step) => `*/${step}`),
    );
  const schedules = fc
    .tuple(numbers(0, 59), numbers(0, 23), numbers(1, 28), numbers(1, 12), numbers(0, 6))
    .map((fields) => fields.join(" "));
  const zones = fc.constantFrom("UTC", berlin, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca");
  const minutes = fc.integer({ min: Date.parse("2026-01-01") / 60_000, max: Date.parse("2027-12-31") / 60_000 });
  const changes = ["2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-03-08T07:00Z", "2026-11-01T06:00Z", "2026-04-04T15:00Z"].map(Date.parse);
  const nearChanges = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -300, max: 300 }))
    .map(([change, by]) => change / 60_000 + by);
  const moments = fc.oneof(minutes, nearChanges).map((minute) => minute * 60_000);

  it("is open exactly when counting minutes finds its begin", async () => {
    await fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 600 }), zones, moments, (schedule, long, timeZone, moment) => {
        const window = windowOf({ schedule, duration: `${long}m`, timeZone });
        expect(windowTimes(window).isOpen(moment)).toBe(countedOpen(window, moment));
      }),
      { numRuns: 400 },
    );
  });

  it("does not open or close before the moment it names, and moves at it or is looked at again", async () => {
    await fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 600 }), zones, moments, (schedule, long, timeZone, moment) => {
        const window = windowOf({ schedule, duration: `${long}m`, timeZone });
        const { isOpen: open, nextMove: move } = windowTimes(window);
        const next = move(moment) ?? Number.POSITIVE_INFINITY;
        expect(next).toBeGreaterThan(moment);
        for (let later = moment; later < Math.min(next, moment + 700 * 60_000); later += 60_000) expect(open(later)).toBe(open(moment));
      }),
      { numRuns: 30 },
    );
  });
});

function countedOpen({ schedule, duration, timeZone }: SyncWindow, moment: number): boolean {
  const wall = Date.parse(`${new Date(moment).toLocaleString("sv-SE", { timeZone }).replace(" ", "T")}Z`);
  for (let begin = wall; begin > wall - duration.ms; begin -= 60_000) {
    const date = new Date(begin);
    const day = schedule.days.includes(date.getUTCDate());
    const weekday = schedule.weekdays.includes(date.getUTCDay());
    const days = schedule.eitherDay ? day || weekday : day && weekday;
    if (!days || !schedule.months.includes(date.getUTCMonth() + 1)) continue;
    if (schedule.hours.includes(date.getUTCHours()) && schedule.minutes.includes(date.getUTCMinutes())) return true;
  }
  return false;
}
