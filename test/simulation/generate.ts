import { thingsOf } from "./content.ts";
import type { Fault } from "./faults.ts";
import { withStep } from "./fits.ts";
import { fitted } from "./fitting.ts";
import { faultFor } from "./generate-faults.ts";
import { type ApplicationPlan, host, type ObjectKind, type ObjectPlan, type Plan, type Step } from "./plan.ts";
import { type Random, randomOf } from "./random.ts";

export interface GenerateOptions {
  /** Only faults of this id. */
  readonly fault?: string | undefined;
  /** At most so many. */
  readonly mostFaults?: number;
}

const names = ["web", "api", "jobs", "mail"] as const;

/** People's doings end here; then the world goes quiet. ms */
const busy = 240_000;

/** A schedule from a seed: a few Applications, a random workload, at most three faults. */
export const planOf = (seed: string, { fault, mostFaults = 3 }: GenerateOptions = {}): Plan => {
  const random = randomOf(seed, "plan");
  const clusters = random.chance(0.3) ? ["harbor", "quay"] : ["harbor"];
  const applications = applicationsFor(random, clusters);
  // A control repository that declares nothing at all is a mistake that nobody follows.
  const control = applications.length > 1 && random.chance(0.3);
  const steps = stepsFor(random, applications).filter((step) => step.do !== "withdraw" || !isContested(applications));
  const count = fault === undefined ? random.below(mostFaults + 1) : 1 + random.below(mostFaults);
  const faults: readonly Fault[] = Array.from({ length: count }, () => faultFor(random, { applications, clusters, busy, only: fault }));
  return withRedeclaration(fitted({ seed, clusters, applications, control, steps, faults }, random), randomOf(seed, "redeclared"));
};

/** In some of the schedules with a control repository. */
const withRedeclaration = (plan: Plan, random: Random): Plan => {
  if (!plan.control || !random.chance(0.4)) return plan;
  const { name } = random.pick(plan.applications);
  const at = Math.round(random.between(5_000, busy));
  return withStep(plan, { at, do: "redeclare", application: name, lasts: random.pick([100, 1_000, 5_000, 40_000]) });
};

/**
 * Who lost a contested object takes it only at its next sync: a withdrawal of the other one does not wake it. As long as that is so, it is no part
 * of a schedule.
 */
const isContested = (applications: readonly ApplicationPlan[]): boolean =>
  applications.some(({ objects }) => objects.includes(sharedObject));

const applicationsFor = (random: Random, clusters: readonly string[]): readonly ApplicationPlan[] => {
  const count = 1 + random.below(random.chance(0.3) ? 4 : 2);
  const shared = random.chance(0.5);
  const contested = count > 1 && random.chance(0.15);
  return names.slice(0, count).map((name) => ({
    name,
    repository: `${host}/team/${shared ? "all" : name}.git`,
    tool: random.chance(0.2) ? "kustomize" : "directory",
    cluster: contested ? "harbor" : random.pick(clusters),
    namespace: "production",
    selfHeal: random.chance(0.8),
    objects: [...objectsFor(random, name), ...(contested && (name === "web" || name === "api") ? [sharedObject] : [])],
  }));
};

/** Two Applications claim it. */
const sharedObject: ObjectPlan = { name: "shared", kind: "ConfigMap", wave: 0 };

const objectsFor = (random: Random, application: string): readonly ObjectPlan[] => {
  const waves = random.chance(0.3);
  const hook: readonly ObjectPlan[] = random.chance(0.15) ? [{ name: `${application}-migrate`, kind: "Hook", wave: 0 }] : [];
  const objects = Array.from({ length: 1 + random.below(4) }, (_, at) => ({
    name: `${application}-${at}`,
    kind: kindFor(random),
    wave: waves ? random.below(3) : 0,
  }));
  // One Application brings a kind of its own, and has it by itself.
  const things = application === names[0] && random.chance(0.06) ? thingsOf(random.below(3), random.below(3)) : [];
  return [...things, ...objects, ...hook];
};

const kindFor = (random: Random): ObjectKind => {
  const dice = random.next();
  if (dice < 0.65) return "ConfigMap";
  return dice < 0.8 ? "Secret" : "Deployment";
};

const stepsFor = (random: Random, applications: readonly ApplicationPlan[]): readonly Step[] => {
  const count = 1 + random.below(6);
  const steps = Array.from({ length: count }, () => stepFor(random, applications, random.between(0, busy)));
  // Somewhere in a third of the schedules, everything comes at once.
  const crowded = random.chance(0.35) ? random.between(5_000, busy) : undefined;
  const placed = steps.map((step) => (crowded === undefined ? step : { ...step, at: crowded + random.between(0, 3_000) }));
  return withOneWithdrawal(placed.map((step) => ({ ...step, at: Math.round(step.at) })).toSorted((a, b) => a.at - b.at));
};

/** A withdrawn Application stays withdrawn: what people do to it later has no meaning. */
const withOneWithdrawal = (steps: readonly Step[]): readonly Step[] => {
  const gone = steps.find((step) => step.do === "withdraw");
  if (gone?.do !== "withdraw") return steps;
  return steps.filter((step) => step === gone || step.do !== "withdraw");
};

const stepFor = (random: Random, applications: readonly ApplicationPlan[], at: number): Step => {
  const { name, repository, objects } = random.pick(applications);
  const index = random.below(objects.length);
  const change = { application: name, index, how: random.pick(["bump", "bump", "bump", "add", "drop"] as const) };
  const dice = random.next();
  if (dice < 0.42)
    return {
      at,
      do: "push",
      repository,
      changes: [change, ...(random.chance(0.2) ? [{ ...change, index: 0, how: "bump" as const }] : [])],
    };
  if (dice < 0.52)
    return {
      at,
      do: "burst",
      repository,
      application: name,
      pushes: random.chance(0.05) ? 100 : 3 + random.below(10),
      within: random.pick([50, 1_000, 8_000]),
    };
  if (dice < 0.62) return { at, do: "force-back", repository, by: 1 + random.below(2) };
  if (dice < 0.66) return { at, do: "wipe", application: name, lasts: random.pick([500, 5_000, 40_000]) };
  if (dice < 0.76) return { at, do: "edit", application: name, index };
  if (dice < 0.84) return { at, do: "delete", application: name, index };
  if (dice < 0.9) return { at, do: "ask", application: name };
  if (dice < 0.94) return { at, do: "withdraw", application: name };
  if (dice < 0.96) return { at, do: "touch", application: name, index };
  if (dice < 0.98) return { at, do: "roll-back", application: name, lasts: random.pick([500, 5_000, 40_000]) };
  return { at, do: "scan", scan: random.pick(["sweep", "poll", "drift"] as const) };
};
