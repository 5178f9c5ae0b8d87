import type { ObjectPlan, Plan } from "./plan.ts";

/** Whether a smaller plan still fails. */
export type StillFails = (plan: Plan) => Promise<boolean>;

/** A control repository that declares nothing at all is a mistake that nobody follows: what fails then is another story. */
const declaresNothing = ({ control, applications, steps }: Plan): boolean =>
  control && applications.every(({ name }) => steps.some((step) => step.do === "withdraw" && step.application === name));

/** Smaller plans, the smallest steps first: what is left out is left out for good only if the rest still fails. */
function* smaller(plan: Plan): Generator<Plan> {
  for (const at of plan.faults.keys()) yield { ...plan, faults: plan.faults.toSpliced(at, 1) };
  for (const at of plan.steps.keys()) yield { ...plan, steps: plan.steps.toSpliced(at, 1) };
  for (const { name } of plan.applications) if (plan.applications.length > 1) yield without(plan, name);
  if (plan.control) yield { ...plan, control: false };
  for (const [place, application] of plan.applications.entries()) {
    for (const at of application.objects.keys()) {
      const fewer = { ...application, objects: withoutObject(application.objects, at) };
      if (fewer.objects.length > 0) yield { ...plan, applications: plan.applications.with(place, fewer) };
    }
  }
  for (const [at, step] of plan.steps.entries())
    if (step.do === "burst" && step.pushes > 2)
      yield { ...plan, steps: plan.steps.with(at, { ...step, pushes: Math.ceil(step.pushes / 2) }) };
}

/** A kind goes with its objects. */
const withoutObject = (objects: readonly ObjectPlan[], at: number): readonly ObjectPlan[] => {
  const isCrd = objects[at]?.kind === "Crd";
  return objects.filter(({ kind }, place) => place !== at && !(isCrd && kind === "Thing"));
};

const without = (plan: Plan, name: string): Plan => ({
  ...plan,
  applications: plan.applications.filter((each) => each.name !== name),
  steps: plan.steps.filter((step) => !("application" in step && step.application === name)),
  faults: plan.faults.filter((fault) => !(fault.kind === "meanwhile" && "application" in fault.step && fault.step.application === name)),
});

/** Runs that a search for the smallest schedule may cost. */
const mostRuns = 200;

/** The smallest schedule found that fails; from a plan that does. */
export const shrink = async (plan: Plan, fails: StillFails): Promise<Plan> => {
  let smallest = plan;
  let runs = 0;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(smallest)) {
      if (declaresNothing(candidate)) continue;
      if (++runs > mostRuns) return smallest;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      found = true;
      break;
    }
  }
  return smallest;
};
