import { describe, expect, it } from "vitest";
import { bugs } from "./bugs/bugs.ts";
import { runCampaign } from "./campaign.ts";

const patience = 900_000;
const most = 3_000;

describe("the simulator finds within 3,000 schedules that", () => {
  it.each(bugs)(
    "$name",
    async (bug) => {
      const { schedules, failed } = await runCampaign({ schedules: most, seed: "deliberate", bug, untilFirst: true });
      const [first] = failed[0]?.violations ?? [];
      process.stdout.write(`${String(schedules).padStart(6)} schedules  ${bug.name}: ${first?.invariant ?? "not found"}\n`);
      expect(failed).not.toEqual([]);
    },
    patience,
  );
});
