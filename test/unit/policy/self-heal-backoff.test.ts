import { describe, expect, it } from "vitest";
import { countedHeals, mayHealAt, selfHealDelay } from "../../../shared/policy/self-heal.ts";

const now = 1_000_000_000;
const seconds = 1_000;

describe("healing the same revision again and again", () => {
  it("waits 2 s × 3^n, and no longer than 300 s, as Argo CD's code has it", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempts) => selfHealDelay(attempts) / seconds)).toEqual([
      0, 2, 6, 18, 54, 162, 300, 300, 300,
    ]);
  });

  it("counts the wait from the end of the last operation", () => {
    const record = { attempts: 3, finishedAt: now - 10 * seconds, succeeded: true };
    expect(mayHealAt(record, now)).toBe(now + 8 * seconds);
    expect(mayHealAt({ ...record, finishedAt: now - 60 * seconds }, now)).toBeLessThan(now);
  });

  it("counts it from now while an operation has not ended", () => {
    expect(mayHealAt({ attempts: 2, succeeded: false }, now)).toBe(now + 6 * seconds);
  });

  it("begins anew once the Application has stood for 330 s after a sync that worked", () => {
    const record = { attempts: 6, finishedAt: now - 329 * seconds, succeeded: true };
    expect(countedHeals(record, now)).toBe(6);
    expect(countedHeals(record, now + seconds)).toBe(0);
    expect(countedHeals({ ...record, succeeded: false }, now + seconds)).toBe(6);
  });
});
