import { describe, expect, it } from "vitest";
import { bugs } from "./bugs/bugs.ts";
import { runCampaign } from "./campaign.ts";

const patience = 300_000;
const most = 300;

describe("the simulator finds within 300 schedules that have the fault it takes, where it takes one, that", () => {
  it.each(bugs.filter(({ rare }) => !rare))(
    "$name",
    async (bug) => {
      const { schedules, failed } = await runCampaign({ schedules: most, seed: "deliberate", bug, fault: bug.shownBy, untilFirst: true });
      const [first] = failed[0]?.violations ?? [];
      process.stdout.write(`${String(schedules).padStart(6)} schedules  ${bug.name}: ${first?.invariant ?? "not found"}\n`);
      expect(failed).not.toEqual([]);
    },
    patience,
  );
});
