import { describe, expect, it } from "vitest";
import type { Table } from "../../../shared/ports/table.ts";
import { countKilled } from "../../../shared/state/renders.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const limits = { seconds: 60, outputBytes: 1_000 };

describe("a render that was killed", () => {
  it("is counted, for each input and limits by itself", async () => {
    const table = memoryTable();
    expect([await countKilled(table, "a", limits), await countKilled(table, "a", limits)]).toEqual([1, 2]);
    expect(await countKilled(table, "b", limits)).toBe(1);
    expect(await countKilled(table, "a", { ...limits, seconds: 90 })).toBe(1);
  });

  // Two of three tries counted as three: the newest commit was given up one try too early (a547801a.1788).
  it("is counted once where the answer was lost and the client sends it once more (F-06)", async () => {
    const table = memoryTable();
    const repeating: Table = {
      ...table,
      update: async (...given) => {
        await table.update(...given);
        return table.update(...given);
      },
    };
    expect([await countKilled(repeating, "a", limits), await countKilled(repeating, "a", limits)]).toEqual([1, 2]);
  });
});
