import { describe, expect, it } from "vitest";
import type { Fault } from "./faults.ts";
import { host, type ObjectPlan, type Plan, type Step } from "./plan.ts";
import { shrink } from "./shrink.ts";
import { twoApplications } from "./two-applications.ts";

const crash: Fault = { id: "F-01", kind: "crash", point: "sync:cluster.apply", nth: 1, when: "after" };
const restored: Fault = { id: "F-29", kind: "restored", at: 400_000, back: 300_000, again: 0 };
const burst: Step = { at: 1, do: "burst", repository: `${host}/team/web.git`, application: "web", pushes: 16, within: 50 };
const edit: Step = { at: 2, do: "edit", application: "api", index: 0 };
const withdraw: Step = { at: 3, do: "withdraw", application: "web" };

const objects: readonly ObjectPlan[] = [
  { name: "things", kind: "Crd", wave: 0 },
  { name: "thing", kind: "Thing", wave: 0 },
  { name: "settings", kind: "ConfigMap", wave: 0 },
];

const plan: Plan = {
  seed: "shrunk",
  clusters: ["harbor"],
  applications: twoApplications(() => objects),
  control: true,
  steps: [burst, edit],
  faults: [crash, restored],
};

const has = ({ steps }: Plan, what: Step["do"]): boolean => steps.some((step) => step.do === what);
const kindsOf = ({ applications }: Plan) => applications.flatMap(({ objects: its }) => its.map(({ kind }) => kind));

describe("a schedule that fails", () => {
  it("is shrunk to what it takes to fail, one object, two pushes", async () => {
    const smallest = await shrink(plan, async (candidate) => candidate.faults.includes(restored) && has(candidate, "burst"));
    expect(smallest).toMatchObject({ control: false, faults: [restored], steps: [{ ...burst, pushes: 2 }] });
    expect(smallest.applications.map(({ name }) => name)).toEqual(["web"]);
    expect(kindsOf(smallest)).toHaveLength(1);
  });

  it("keeps no object of a kind that it no longer makes", async () => {
    const seen: (readonly string[])[] = [];
    await shrink(plan, async (candidate) => {
      seen.push(...candidate.applications.map(({ objects: its }) => its.map(({ kind }) => kind)));
      return candidate.applications.length === 2 && candidate.control;
    });
    expect(seen.filter((kinds) => kinds.includes("Thing") && !kinds.includes("Crd"))).toEqual([]);
  });

  it("is left as it is where anything less does not fail", async () => {
    const whole = JSON.stringify(plan);
    expect(await shrink(plan, async (candidate) => JSON.stringify(candidate) === whole)).toEqual(plan);
  });

  it("is not shrunk to a control repository that declares nothing, which is a mistake that nobody follows", async () => {
    const withdrawn = { ...plan, steps: [withdraw] };
    const smallest = await shrink(withdrawn, async (candidate) => candidate.control && has(candidate, "withdraw"));
    expect(smallest.applications.map(({ name }) => name)).toEqual(["web", "api"]);
  });

  it("is shrunk as far as 200 runs go", async () => {
    let runs = 0;
    const faults = Array.from({ length: 300 }, (_, at) => ({ ...restored, at }));
    const smallest = await shrink({ ...plan, faults }, async () => {
      runs++;
      return true;
    });
    expect(runs).toBe(200);
    expect(smallest.faults).toHaveLength(100);
  });
});
