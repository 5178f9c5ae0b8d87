import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SyncWindow } from "../../../shared/model/sync-window.ts";
import { maySync } from "../../../shared/policy/sync-windows.ts";
import { windowTimes } from "../../../shared/policy/window-times.ts";
import { windowsOf } from "./windows.ts";

const minute = 60_000;

/** Argo CD's rule, asked of windows that are known to be open or not. */
const passes = (windows: readonly SyncWindow[], open: readonly boolean[], manual: boolean): boolean => {
  const denying = windows.filter(({ kind }, index) => kind === "deny" && open[index]);
  if (denying.length > 0) return manual && denying.every(({ manualSync }) => manualSync);
  const allowing = windows.filter(({ kind }) => kind === "allow");
  if (allowing.length === 0 || windows.some(({ kind }, index) => kind === "allow" && open[index])) return true;
  return manual && allowing.every(({ manualSync }) => manualSync);
};

describe("whatever sync windows there are", () => {
  const window = fc.record({
    kind: fc.constantFrom("allow", "deny"),
    schedule: fc
      .tuple(fc.integer({ min: 0, max: 59 }), fc.constantFrom("*", "*/6", "2", "3", "22", "9-17"), fc.constantFrom("*", "1-5", "0"))
      .map(([minutes, hours, weekdays]) => `${minutes} ${hours} * * ${weekdays}`),
    duration: fc.integer({ min: 10, max: 900 }).map((minutes) => `${minutes}m`),
    timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York"),
    manualSync: fc.boolean(),
  });
  const days = fc.constantFrom("2026-01-05", "2026-03-28", "2026-10-24", "2026-11-01").map((day) => Date.parse(`${day}T00:00:00Z`));
  const moments = fc.tuple(days, fc.integer({ min: 0, max: 1_439 })).map(([day, minutes]) => day + minutes * minute);
  const cases = [fc.array(window, { minLength: 1, maxLength: 3 }), moments, fc.boolean()] as const;

  it("a sync is let through exactly when the rule says so", async () => {
    await fc.assert(
      fc.property(...cases, (written, now, manual) => {
        const windows = windowsOf(...written);
        const open = windows.map((each) => windowTimes(each).isOpen(now));
        expect(maySync(windows, { now, manual }).may).toBe(passes(windows, open, manual));
      }),
      { numRuns: 300 },
    );
  });

  it("a sync that is held up is due in the first minute that lets it through, and not before", async () => {
    await fc.assert(
      fc.property(...cases, (written, now, manual) => {
        const windows = windowsOf(...written);
        const times = windows.map(windowTimes);
        const answer = maySync(windows, { now, manual });
        if (answer.may) return;
        const next = answer.nextChange ?? Number.POSITIVE_INFINITY;
        const until = Math.min(next - minute, now + 700 * minute);
        for (let at = now; at <= until; at += minute) {
          const open = times.map(({ isOpen }) => isOpen(at));
          expect(passes(windows, open, manual)).toBe(false);
        }
        if (answer.because.includes("may begin at")) expect(maySync(windows, { now: next, manual }).may).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});
