import { describe, expect, it } from "vitest";
import { limitInFlight } from "../../../../shared/adapters/kubernetes/in-flight.ts";

describe("work in flight", () => {
  it("runs at most so many at once, the others in the order they came", async () => {
    const run = limitInFlight(2);
    const started: number[] = [];
    const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const all = gates.map((gate, index) =>
      run(async () => {
        started.push(index);
        await gate.promise;
        return index;
      }),
    );
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    gates[1]?.resolve();
    await all[1];
    expect(started).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  });

  it("makes room when work fails", async () => {
    const run = limitInFlight(1);
    await expect(run(async () => Promise.reject(new Error("broke")))).rejects.toThrow("broke");
    expect(await run(async () => "next")).toBe("next");
  });
});
