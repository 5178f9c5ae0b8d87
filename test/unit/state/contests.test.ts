import { describe, expect, it } from "vitest";
import { StateItem } from "../../../shared/state/application-state.ts";
import { contestedBy, hasMoved } from "../../../shared/state/contests.ts";
import { readItem } from "../../../shared/state/items.ts";

const stateOf = (more: object) =>
  readItem(StateItem, { pk: "app#web", sk: "state", v: 1, project: "default", cluster: "harbor", desiredGeneration: 1, ...more });
const input = "a".repeat(64);
const rollback = { to: "0000000001", output: "c".repeat(64), insteadOf: input, by: "ada" };

const movesTo = (state: ReturnType<typeof stateOf> | undefined): boolean => {
  const before = contestedBy(["web"], new Map([["web", stateOf({ input })]]));
  return hasMoved(before, state ? new Map([["web", state]]) : new Map());
};

describe("an Application that has what another one wants", () => {
  it("stands as long as it wants the same", () => {
    expect(movesTo(stateOf({ input, desiredGeneration: 7, phase: "Failed" }))).toBe(false);
  });

  it("moves when it wants something else, goes, is gone, or is rolled back", () => {
    const others = [stateOf({ input: "d".repeat(64) }), stateOf({ input, removal: "cascade" }), undefined, stateOf({ input, rollback })];
    expect(others.map(movesTo)).toEqual([true, true, true, true]);
  });

  it("is told shortly, and of many only so many: each write of a state pays for what stands in it", () => {
    const names = Array.from({ length: 100 }, (_, at) => `web-${at}`);
    const told = contestedBy(names, new Map(names.map((name) => [name, stateOf({ input })])));
    expect(JSON.stringify(told).length).toBeLessThan(600);
  });
});
