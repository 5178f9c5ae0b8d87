import type { CleanUp } from "./clean-up.ts";
import { minute } from "./fault-dice.ts";
import { type Fit, nameOf, repositoryOf, some, withFault, withStep } from "./fits.ts";
import type { Step } from "./plan.ts";
import type { Random } from "./random.ts";

/** When history has entries that are old enough to go; ms from the start. */
export const cleanUpAt = (random: Random): number => some(random, 66 * minute, 100 * minute);

/** A history that is too long, old by the time of the clean-up, and people who roll back just then. */
export const withOldHistory =
  ({ at }: CleanUp): Fit =>
  (plan, random) => {
    const repository = repositoryOf(plan);
    const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
    const pushes = Array.from(
      { length: 2 + random.below(3) },
      (): Step => ({ at: some(random, 10_000, 240_000), do: "push", repository, changes }),
    );
    const rollBacks = Array.from(
      { length: 1 + random.below(2) },
      (): Step => ({
        at: at + some(random, -3_000, 500),
        do: "roll-back",
        application: nameOf(plan),
        lasts: random.pick([500, 5_000, 40_000]),
      }),
    );
    const steps = plan.steps.map((step) => (random.chance(0.4) ? { ...step, at: some(random, at - 30_000, at + 90_000) } : step));
    const applications = plan.applications.map((each) => ({ ...each, historyLimit: random.below(3) }));
    return withStep({ ...plan, applications, steps }, ...pushes, ...rollBacks);
  };

export const withCleanUp: Fit = (plan, random) => {
  const fault: CleanUp = { id: "F-34", kind: "clean-up", at: cleanUpAt(random) };
  return withOldHistory(fault)(withFault(plan, fault), random);
};
