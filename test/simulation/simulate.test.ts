import { describe, expect, it } from "vitest";
import { runCampaign, seedOf } from "./campaign.ts";
import { planOf } from "./generate.ts";
import { simulate } from "./simulate.ts";

/** Machines that build have other things to do, too. ms */
const patience = 600_000;

describe("the simulator", () => {
  it("gives the same trace for the same seed, call by call", async () => {
    for (let schedule = 0; schedule < 20; schedule++) {
      const plan = planOf(seedOf("the same", schedule));
      const [first, second] = [await simulate(plan, { trace: true }), await simulate(plan, { trace: true })];
      expect(second.lines).toEqual(first.lines);
      expect(second.digest).toBe(first.digest);
    }
  });

  // A seed of its own, so that a commit is judged by what it changes; `npm run simulate` takes a fresh one.
  it(
    "finds nothing wrong in 600 schedules",
    async () => {
      const { schedules, failed } = await runCampaign({ schedules: 600, seed: "harbour" });
      expect(failed.map(({ seed: own, violations: [first] }) => `${own} ${first?.invariant}: ${first?.what}`)).toEqual([]);
      expect(schedules).toBe(600);
    },
    patience,
  );
});
