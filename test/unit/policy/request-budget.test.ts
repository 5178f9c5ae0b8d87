import { describe, expect, it } from "vitest";
import { paceOf, roomFor, slotsToBegin, slotsToHave, waitFor } from "../../../shared/policy/request-budget.ts";

const budget = { requests: 40, perSecond: 500 };
const holding = (project: string, slots: number) => ({ project, slots });

describe("a project's room at a cluster", () => {
  it("is everything but the reserve while it is alone", () => {
    expect(roomFor("noisy", [holding("noisy", 8)], budget)).toBe(27);
    expect(roomFor("noisy", [holding("noisy", 20), holding("noisy", 15)], budget)).toBe(0);
  });

  it("is the reserve, too, for one that holds nothing", () => {
    expect(roomFor("quiet", [holding("noisy", 35)], budget)).toBe(5);
    expect(roomFor("quiet", [], budget)).toBe(40);
  });

  it("is an equal part beside others, and less than nothing for one that held more before they came", () => {
    const held = [holding("noisy", 35), holding("quiet", 5)];
    expect(roomFor("quiet", held, budget)).toBe(0);
    expect(roomFor("noisy", held, budget)).toBe(-18);
    expect(roomFor("quiet", [holding("noisy", 17), holding("quiet", 5)], budget)).toBe(12);
  });
});

describe("a worker's part", () => {
  it("begins with a tenth, grows by half of what is free, and shrinks where its project has too much", () => {
    expect(slotsToBegin(40, budget)).toBe(4);
    expect(slotsToBegin(2, budget)).toBe(2);
    expect(slotsToBegin(-3, budget)).toBe(0);
    expect(slotsToHave(4, 30, true)).toBe(19);
    expect(slotsToHave(4, 30, false)).toBe(4);
    expect(slotsToHave(20, -18, true)).toBe(2);
    expect(slotsToHave(8, -18, true)).toBe(1);
  });

  it("is as fast as its part of what is in use, and of all that may be while others wait", () => {
    expect(paceOf(4, 4, false, budget)).toBe(500);
    expect(paceOf(4, 20, false, budget)).toBe(100);
    expect(paceOf(7, 14, true, budget)).toBe(100);
  });
});

describe("the wait of one that found no slot", () => {
  it("is spread over half of the time in which all who wait are served", () => {
    expect(waitFor(1_000, 0, budget, 0)).toBe(0);
    expect(waitFor(1_000, 0, budget, 0.999)).toBe(7);
    expect(waitFor(3, 0, budget, 0.999)).toBe(1);
  });

  it("grows where somebody holds the slots for long, to a minute at most", () => {
    expect(waitFor(1, 300, budget, 0.999)).toBe(29);
    expect(waitFor(100_000, 0, budget, 0.999)).toBe(59);
  });
});
