import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { runCampaign, seedOf } from "./campaign.ts";
import { coverageOf, describeCoverage } from "./coverage.ts";
import { planOf } from "./generate.ts";
import { simulate } from "./simulate.ts";

/** Some three minutes where nothing else runs; machines that build have other things to do, too. ms */
const patience = 1_800_000;

/** Nobody chose it, it is another one for every change, and the same for everybody who tests that: a commit is judged by what it is. */
const freshSeed = (): string => {
  try {
    return execFileSync("git", ["rev-parse", "HEAD^{tree}"], { cwd: import.meta.dirname, encoding: "utf8" }).slice(0, 8);
  } catch {
    // Not a checkout.
    return randomBytes(4).toString("hex");
  }
};

describe("the simulator", () => {
  it(
    "gives the same trace for the same seed, call by call",
    async () => {
      for (let schedule = 0; schedule < 20; schedule++) {
        const plan = planOf(seedOf("the same", schedule));
        const [first, second] = [await simulate(plan, { trace: true }), await simulate(plan, { trace: true })];
        expect(second.lines).toEqual(first.lines);
        expect(second.digest).toBe(first.digest);
      }
    },
    patience,
  );

  it(
    "finds nothing wrong in 3,000 schedules of a seed that nobody chose",
    async () => {
      const seed = freshSeed();
      process.stdout.write(`npm run simulate -- --schedules 3000 --seed ${seed}\n`);
      const campaign = await runCampaign({ schedules: 3_000, seed });
      process.stdout.write(`${describeCoverage(coverageOf(campaign))}\n`);
      expect(campaign.failed.map(({ seed: own, violations: [first] }) => `${own} ${first?.invariant}: ${first?.what}`)).toEqual([]);
      expect(campaign.schedules).toBe(3_000);
    },
    patience,
  );
});
