import { describe, expect, it } from "vitest";
import type { Fault } from "./faults.ts";
import { fitted } from "./fitting.ts";
import type { Plan } from "./plan.ts";
import { randomOf } from "./random.ts";
import { twoApplications } from "./two-applications.ts";

const restored: Fault = { id: "F-29", kind: "restored", at: 400_000, back: 300_000, again: 0 };
const crash: Fault = { id: "F-01", kind: "crash", point: "scan:table.delete", nth: 1, when: "before" };

const planWith = (faults: readonly Fault[], control: boolean): Plan => ({
  seed: "restored",
  clusters: ["harbor"],
  applications: twoApplications((name) => [{ name, kind: "ConfigMap", wave: 0 }]),
  control,
  steps: [],
  faults,
});

const withdrawals = (plan: Plan) => fitted(plan, randomOf("restored", "plan")).steps.filter((step) => step.do === "withdraw");

/** A crash that needs a withdrawal brought back the one that a restore had ruled out: it stood nowhere but in the table. */
describe.each([
  ["before", [restored, crash]],
  ["after", [crash, restored]],
] as const)("a schedule whose table goes back, drawn %s a fault that needs a withdrawal", (_, faults) => {
  it("has none where it stands in no repository", () => {
    expect(withdrawals(planWith(faults, false))).toEqual([]);
  });

  it("has it where the control repository says so", () => {
    expect(withdrawals(planWith(faults, true))).toHaveLength(1);
  });
});
