import { describe, expect, it } from "vitest";
import { coverageOf, isCovered } from "./coverage.ts";
import { faultIds } from "./generate-faults.ts";
import { crashPoints } from "./points.ts";

const reached = (schedules: number, without: readonly string[] = []) => {
  const often = (names: readonly string[], times: number) =>
    Object.fromEntries(names.map((name) => [name, without.includes(name) ? times - 1 : times]));
  return coverageOf({
    schedules,
    crashes: often(crashPoints, schedules / 1_000),
    faults: often([...faultIds, "F-25"], schedules / 100),
  });
};

describe("a campaign of 100,000 schedules", () => {
  it("is good where each crash point was reached 100 times and each fault 1,000 times", () => {
    expect(isCovered(reached(100_000), 100_000)).toBe(true);
  });

  it("is not good where a crash point or a fault was reached once less, and names it", () => {
    for (const [name, of] of [[crashPoints[0] ?? "", "crashes"] as const, ["F-09", "faults"] as const]) {
      const coverage = reached(100_000, [name]);
      expect(isCovered(coverage, 100_000)).toBe(false);
      expect(coverage[of]).toMatchObject({ isMet: false, below: 1 });
      expect(coverage[of].least[0]?.name).toBe(name);
    }
  });

  it("asks that of nobody who runs fewer: they reach what they happen to reach", () => {
    expect(isCovered(reached(3_000, ["F-09"]), 3_000)).toBe(true);
  });
});
