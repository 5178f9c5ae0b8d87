import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../shared/model/json.ts";
import { maySync } from "../../../shared/policy/sync-windows.ts";
import { at, told, windowsOf } from "./windows.ts";

const allow = (fields: JsonObject = {}) => ({ kind: "allow", ...fields });
const deny = (fields: JsonObject = {}) => ({ kind: "deny", ...fields });
const night = "2026-01-05 23:00";
const noon = "2026-01-05 12:00";

const may = (windows: readonly JsonObject[], when: string, { manual = false, started = "" } = {}): boolean =>
  maySync(windowsOf(...windows), { now: at(when), manual, ...(started !== "" && { startedAt: at(started) }) }).may;

/** Windows are open from 22:00 for 8 hours where nothing else is said. */
describe("sync windows", () => {
  it("let every sync through where there are none", () => {
    expect(may([], noon)).toBe(true);
  });

  it.each<[string, readonly JsonObject[], boolean, boolean]>([
    ["an allow window lets syncs through while it is open, and no others", [allow()], true, false],
    ["a deny window holds syncs up while it is open, and no others", [deny()], false, true],
    ["an open deny window beats an open allow window", [allow(), deny()], false, false],
    ["one open allow window is enough", [allow(), allow({ schedule: "0 3 1 1 *" })], true, false],
    ["a closed deny window beside a closed allow window lets nothing through", [allow({ schedule: "0 12 * * *" }), deny()], false, true],
  ])("%s", (_, windows, atNight, atNoon) => {
    expect([may(windows, night), may(windows, noon)]).toEqual([atNight, atNoon]);
  });
});

describe("a person's sync", () => {
  it.each<[string, readonly JsonObject[], string, boolean]>([
    ["is held up as others are", [deny()], night, false],
    ["passes a deny window with manualSync", [deny({ manualSync: true })], night, true],
    ["passes several only if all have manualSync", [deny({ manualSync: true }), deny()], night, false],
    ["passes closed allow windows with manualSync", [allow({ manualSync: true })], noon, true],
    ["is held up by a closed allow window without it", [allow({ manualSync: true }), allow()], noon, false],
    ["asks open deny windows only, not what is allowed", [deny({ manualSync: true }), allow()], night, true],
    ["asks no deny window that is closed", [allow({ manualSync: true }), deny()], noon, true],
  ])("%s", (_, windows, when, passes) => {
    expect(may(windows, when, { manual: true })).toBe(passes);
  });

  it("alone may use manualSync", () => {
    expect(may([deny({ manualSync: true })], night)).toBe(false);
  });
});

describe("an operation that began before it was blocked", () => {
  const overrun = { syncOverrun: true };

  it.each<[string, readonly JsonObject[], string, string, boolean]>([
    ["waits, without syncOverrun", [deny()], "2026-01-05 21:50", "2026-01-05 22:10", false],
    ["goes on into a deny window with syncOverrun", [deny(overrun)], "2026-01-05 21:50", "2026-01-05 22:10", true],
    ["goes on after its allow window with syncOverrun", [allow(overrun)], "2026-01-06 05:50", "2026-01-06 06:10", true],
    ["waits when one of the blocking windows has none", [deny(overrun), deny()], "2026-01-05 21:50", "2026-01-05 22:10", false],
    ["waits when it was not allowed to begin either", [deny(overrun)], "2026-01-05 22:05", "2026-01-05 22:10", false],
    [
      "waits when another window denied its begin",
      [deny(overrun), deny({ schedule: "0 21 * * *", duration: "1h" })],
      "2026-01-05 21:50",
      "2026-01-05 22:10",
      false,
    ],
    ["waits after an allow window in which it did not begin", [allow(overrun)], "2026-01-05 12:00", "2026-01-05 12:10", false],
  ])("%s", (_, windows, started, when, goesOn) => {
    expect(may(windows, when, { started })).toBe(goesOn);
  });

  it("goes on when it is a person's who was allowed to begin", () => {
    const windows = [deny({ schedule: "0 21 * * *", duration: "1h", manualSync: true }), deny(overrun)];
    expect(may(windows, "2026-01-05 22:10", { started: "2026-01-05 21:50", manual: true })).toBe(true);
    expect(may(windows, "2026-01-05 22:10", { started: "2026-01-05 21:50" })).toBe(false);
  });
});

describe("a sync that is held up", () => {
  const answer = (windows: readonly JsonObject[], when: string, manual = false) => {
    const decided = maySync(windowsOf(...windows), { now: at(when), manual });
    return decided.may ? undefined : { because: decided.because, next: told(decided.nextChange) };
  };

  it("names the open deny window, and is due when it closes", () => {
    expect(answer([deny({ timeZone: "Europe/Berlin", description: "INC-7" })], night)).toEqual({
      because:
        'The sync windows of project shop hold this up: deny window "0 22 * * *" for 8h (Europe/Berlin, INC-7) is open; ' +
        "a sync may begin at 2026-01-06T05:00:00Z",
      next: "2026-01-06T05:00:00.000Z",
    });
  });

  it("names the allow window that is not open, and is due when it opens", () => {
    expect(answer([allow({ manualSync: true })], noon)).toEqual({
      because:
        'The sync windows of project shop hold this up: allow window "0 22 * * *" for 8h (UTC) is not open; ' +
        "a sync may begin at 2026-01-05T22:00:00Z; a sync that a person asks for may begin now",
      next: "2026-01-05T22:00:00.000Z",
    });
  });

  it("is due when the last of several windows lets it through, not when the first one moves", () => {
    const windows = [deny(), deny({ schedule: "0 5 * * *", duration: "3h" }), allow({ schedule: "30 7 * * *", duration: "1h" })];
    const held = answer(windows, night);
    expect(held?.next).toBe("2026-01-06T08:00:00.000Z");
    expect(held?.because).toContain('deny window "0 22 * * *" for 8h (UTC) is open; a sync may begin at 2026-01-06T08:00:00Z');
  });

  it("counts the others", () => {
    expect(answer([allow(), allow({ schedule: "0 3 * * *" }), allow({ schedule: "0 4 * * *" })], noon)?.because).toContain(
      'allow window "0 22 * * *" for 8h (UTC) and 2 more is not open',
    );
  });

  it("is due exactly then when the clock is changed in between", () => {
    const nine = allow({ schedule: "0 9 * * *", duration: "1h", timeZone: "Europe/Berlin" });
    expect(answer([nine], "2026-03-28 12:00")?.next).toBe("2026-03-29T07:00:00.000Z");
    expect(answer([nine], "2026-10-24 12:00")?.next).toBe("2026-10-25T08:00:00.000Z");
  });

  it("is due for a person when a person may", () => {
    const windows = [deny({ duration: "2h" }), deny({ schedule: "30 22 * * *", duration: "8h", manualSync: true })];
    expect(answer(windows, night, true)?.next).toBe("2026-01-06T00:00:00.000Z");
    expect(answer(windows, night, false)?.next).toBe("2026-01-06T06:30:00.000Z");
  });

  it("is looked at again now and then where windows always hand over to each other", () => {
    const always = answer([deny({ schedule: "* * * * *", duration: "1m" })], night);
    expect(always?.because).toContain("no sync may begin before 2026-01-06T");
    expect(at(night)).toBeLessThan(Date.parse(always?.next ?? ""));
  });

  it("has nothing to wait for where no window is ever open", () => {
    expect(answer([allow({ duration: "0s" })], night)).toEqual({
      because:
        'The sync windows of project shop hold this up: allow window "0 22 * * *" for 0s (UTC) is not open; none of them will open or close again',
      next: undefined,
    });
  });
});
