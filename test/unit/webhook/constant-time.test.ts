import { describe, expect, it } from "vitest";
import { sameBytes } from "../../../shared/webhook/proof.ts";

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

describe("comparing secrets (W-17)", () => {
  it("takes as long for a difference in the first byte as for one in the last", () => {
    // Long texts, so that a comparison that stops at the first difference would be a thousand times as fast.
    const right = "a".repeat(1_000_000);
    const first = `b${right.slice(1)}`;
    const last = `${right.slice(1)}b`;
    const timesOf = { first: [] as number[], last: [] as number[] };
    for (let round = 0; round < 31; round++)
      for (const [where, text] of [["first", first] as const, ["last", last] as const]) {
        const start = performance.now();
        expect(sameBytes(text, right)).toBe(false);
        timesOf[where].push(performance.now() - start);
      }
    const ratio = median(timesOf.first) / median(timesOf.last);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it("never throws over lengths that differ (W-03)", () => {
    for (const [one, other] of [
      ["", "a"],
      ["a", ""],
      ["a", "aa"],
      ["ä", "a"],
    ] as const)
      expect(sameBytes(one, other)).toBe(false);
    expect(sameBytes("", "")).toBe(true);
    expect(sameBytes(Buffer.from("ä"), "ä")).toBe(true);
  });
});
