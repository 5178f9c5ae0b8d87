import { describe, expect, it } from "vitest";
import { packBatches } from "../../../shared/adapters/queue/batches.ts";

const entries = (...sizes: readonly number[]) => sizes.map((size) => ({ body: "x".repeat(size) }));
const sizes = (batches: ReturnType<typeof packBatches>) => batches.map((batch) => batch.map((entry) => entry.body.length));

describe("packing messages into batches", () => {
  it("puts ten in a batch, in order", () => {
    expect(sizes(packBatches(entries(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)))).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [11, 12],
    ]);
  });

  it("keeps a batch within 1 MiB", () => {
    expect(sizes(packBatches(entries(600_000, 448_576, 1)))).toEqual([[600_000, 448_576], [1]]);
  });

  it("counts bytes, not letters", () => {
    const text = { body: "é".repeat(400_000) };
    expect(packBatches([text, text])).toHaveLength(2);
  });

  it("refuses a message that no batch can hold", () => {
    expect(() => packBatches(entries(1_048_577))).toThrow("larger than the 1 MiB");
  });
});
