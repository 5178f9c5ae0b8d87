import { describe, expect, it } from "vitest";
import { isDue } from "../../../shared/drift/due.ts";

const minute = 60_000;
const names = Array.from({ length: 500 }, (_, at) => `application-${at}`);
const dueIn = (from: number, to: number, jitter?: number) => names.filter((name) => isDue(name, { every: 10 * minute, jitter }, from, to));

describe("when an Application's time comes", () => {
  it("is at every look without an interval, with one shorter than the looks, and at the first look", () => {
    expect(isDue("web", { every: undefined, jitter: undefined }, 0, 1)).toBe(true);
    expect(isDue("web", { every: minute, jitter: undefined }, 0, 3 * minute)).toBe(true);
    expect(isDue("web", { every: 10 * minute, jitter: undefined }, undefined, minute)).toBe(true);
  });

  it("is once in each interval, however the looks fall", () => {
    for (const step of [minute, 1.7 * minute, 3 * minute]) {
      const looks = Math.floor((100 * minute) / step);
      const times = names.map(
        (name) =>
          Array.from({ length: looks }, (_, at) =>
            isDue(name, { every: 10 * minute, jitter: undefined }, at * step, (at + 1) * step),
          ).filter(Boolean).length,
      );
      expect(Math.min(...times)).toBeGreaterThanOrEqual(9);
      expect(Math.max(...times)).toBeLessThanOrEqual(10);
    }
  });

  it("is spread over the whole interval", () => {
    const each = Array.from({ length: 10 }, (_, at) => dueIn(at * minute, (at + 1) * minute).length);
    expect(Math.min(...each)).toBeGreaterThan(20);
    expect(each.reduce((sum, count) => sum + count, 0)).toBe(500);
  });

  it("is spread over less, where less is asked for", () => {
    expect(dueIn(9.5 * minute, 12 * minute, 2 * minute)).toHaveLength(500);
    expect(dueIn(12 * minute, 19 * minute, 2 * minute)).toEqual([]);
    expect(dueIn(9.5 * minute, 10 * minute, 0)).toHaveLength(500);
  });
});
