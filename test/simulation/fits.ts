import { thingsOf } from "./content.ts";
import { minute } from "./fault-dice.ts";
import type { Fault } from "./faults.ts";
import type { ApplicationPlan, ObjectPlan, Plan, Step } from "./plan.ts";
import type { Random } from "./random.ts";
import { isRestored, type Restored } from "./restored.ts";

/** Makes of a schedule one in which a point can be reached. */
export type Fit = (plan: Plan, random: Random) => Plan;

const withFirst = (plan: Plan, change: (application: ApplicationPlan) => ApplicationPlan): Plan => ({
  ...plan,
  applications: plan.applications.map((each, at) => (at === 0 ? change(each) : each)),
});

export const withStep = (plan: Plan, ...steps: readonly Step[]): Plan => ({
  ...plan,
  steps: [...plan.steps, ...steps].toSorted((a, b) => a.at - b.at),
});

/** Only where there is room for one more. */
export const withFault = (plan: Plan, fault: Fault): Plan => (plan.faults.length < 3 ? { ...plan, faults: [...plan.faults, fault] } : plan);

export const nameOf = ({ applications }: Plan): string => applications[0]?.name ?? "";
export const repositoryOf = ({ applications }: Plan): string => applications[0]?.repository ?? "";

export const some = (random: Random, low: number, high: number): number => Math.round(random.between(low, high));

export const withKustomize: Fit = (plan) => withFirst(plan, (each) => ({ ...each, tool: "kustomize" }));

export const withHook: Fit = (plan) =>
  withFirst(plan, (each) =>
    each.objects.some(({ kind }) => kind === "Hook")
      ? each
      : { ...each, objects: [...each.objects, { name: `${each.name}-migrate`, kind: "Hook", wave: 0 }] },
  );

export const withMaps = (plan: Plan, count: number): Plan =>
  withFirst(plan, (each) => {
    const more: readonly ObjectPlan[] = Array.from({ length: count }, (_, at) => ({
      name: `${each.name}-of-${each.objects.length + at}`,
      kind: "ConfigMap",
      wave: 0,
    }));
    return { ...each, objects: [...more, ...each.objects] };
  });

export const withControl: Fit = (plan) => ({
  ...plan,
  control: true,
  // One that declares nothing at all is a mistake that nobody follows.
  steps: plan.steps.filter((step) => plan.applications.length > 1 || step.do !== "withdraw"),
});

export const withDrop: Fit = (plan, random) =>
  withStep(withMaps(plan, 1), {
    at: some(random, 20_000, 200_000),
    do: "push",
    repository: repositoryOf(plan),
    changes: [{ application: nameOf(plan), how: "drop", index: 0 }],
  });

export const withWithdrawal: Fit = (plan, random) => {
  if (plan.steps.some((step) => step.do === "withdraw")) return plan;
  const alone = plan.applications.map((each) => ({ ...each, objects: each.objects.filter(({ name }) => name !== "shared") }));
  const control = plan.control && alone.length > 1;
  if (!plan.faults.filter(isRestored).every((fault) => keepsWithdrawals(control, fault))) return plan;
  return withStep(
    { ...plan, applications: alone, control },
    { at: some(random, 20_000, 240_000), do: "withdraw", application: nameOf(plan) },
  );
};

/** Something changed by hand after the last push: whose Application is not healed shows it, and no sync comes in between. */
export const withLeftDrift: Fit = (plan, random) => {
  const first = withFirst(withMaps(plan, 1), (each) => ({ ...each, selfHeal: false }));
  const steps = plan.steps.map((step) => ({ ...step, at: Math.round(step.at / 3) }));
  return withStep({ ...first, steps }, { at: some(random, 150_000, 240_000), do: "edit", application: nameOf(plan), index: 0 });
};

export const withHealing: Fit = (plan, random) => {
  const first = withFirst(withMaps(plan, 1), (each) => ({ ...each, selfHeal: true }));
  return withStep(first, { at: some(random, 100_000, 240_000), do: "delete", application: nameOf(plan), index: 0 });
};

export const withPush: Fit = (plan, random) => {
  const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
  return withStep(plan, { at: some(random, 20_000, 200_000), do: "push", repository: repositoryOf(plan), changes });
};

/** A person asks while the render is under way. */
export const withAskInRender: Fit = (plan, random) => {
  const at = some(random, 20_000, 200_000);
  const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
  const push: Step = { at, do: "push", repository: repositoryOf(plan), changes };
  const asks = [900, 1_300, 1_700].map((after): Step => ({ at: at + after, do: "ask", application: nameOf(plan) }));
  return withStep(withKustomize(plan, random), push, ...asks);
};

export const withSlackAway: Fit = (plan, random) =>
  withFault(withPush(withPush(plan, random), random), {
    id: "F-32",
    kind: "outage",
    port: "slack",
    from: some(random, 0, 20_000),
    lasts: 60 * minute,
    code: "SlackUnreachable",
  });

export const withNewer =
  (queue: "pushes" | "notices"): Fit =>
  (plan, random) =>
    withFault(plan, { id: "F-28", kind: "newer-message", queue, from: some(random, 0, 200_000) });

export const withKilledRender: Fit = (plan, random) =>
  withFault(withKustomize(plan, random), { id: "F-13", kind: "refused", point: "render:cage.run", nth: 1, times: 1, code: "RenderKilled" });

export const withRefusal: Fit = (plan, random) =>
  withFault(withPush(plan, random), { id: "F-23", kind: "outage", port: "git", from: 0, lasts: 3 * minute, code: "RepositoryForbidden" });

const burstOf = (plan: Plan, random: Random): Step => ({
  at: some(random, 5_000, 200_000),
  do: "burst",
  repository: repositoryOf(plan),
  application: nameOf(plan),
  pushes: 8,
  within: 1_000,
});

/** Both clusters are in use, so that one of them can be away. */
export const withTwoClusters: Fit = (plan) => {
  const clusters = ["harbor", "quay"];
  if (plan.applications.some(({ objects }) => objects.some(({ name }) => name === "shared"))) return plan;
  return { ...plan, clusters, applications: plan.applications.map((each, at) => ({ ...each, cluster: clusters[at % 2] ?? each.cluster })) };
};

/** Something is written while what controllers make ready of it turns bad. */
export const withRollout =
  ({ from, lasts }: { readonly from: number; readonly lasts: number }): Fit =>
  (plan, random) => {
    const first = withFirst(plan, (each) => ({
      ...each,
      objects: [{ name: `${each.name}-rollout-${each.objects.length}`, kind: "Deployment", wave: 0 }, ...each.objects],
    }));
    const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
    return withStep(first, { at: some(random, from, from + lasts / 2), do: "push", repository: repositoryOf(plan), changes });
  };

/** It brings a kind of its own, and somebody may take the kind away. */
export const withThings: Fit = (plan, random) => {
  const first = withFirst(plan, (each) =>
    each.objects.some(({ kind }) => kind === "Crd")
      ? each
      : { ...each, objects: [...thingsOf(random.below(3), random.below(3)), ...each.objects] },
  );
  const index = first.applications[0]?.objects.findIndex(({ kind }) => kind === "Crd") ?? 0;
  return random.chance(0.3)
    ? withStep(first, { at: some(random, 20_000, 200_000), do: "delete", application: nameOf(plan), index })
    : first;
};

/** Something is to go while it is held. */
export const withDropIn =
  ({ from, lasts }: { readonly from: number; readonly lasts: number }): Fit =>
  (plan, random) =>
    withStep(withMaps(plan, 1), {
      at: some(random, from, from + lasts / 2),
      do: "push",
      repository: repositoryOf(plan),
      changes: [{ application: nameOf(plan), how: "drop", index: 0 }],
    });

/** A push while it lasts. */
export const withPushIn =
  ({ from, lasts }: { readonly from: number; readonly lasts: number }): Fit =>
  (plan, random) => {
    const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
    return withStep(plan, { at: some(random, from, from + lasts / 2), do: "push", repository: repositoryOf(plan), changes });
  };

/** A withdrawal that stands in no repository is lost with the table. */
const keepsWithdrawals = (control: boolean, { back }: Restored): boolean => control && back !== "all";

/** People are at work when it happens. */
export const withWorkAround =
  (fault: Restored): Fit =>
  (plan, random) => {
    const { at } = fault;
    const kept = plan.steps.filter((step) => step.do !== "withdraw" || keepsWithdrawals(plan.control, fault));
    const steps = kept.map((step) => (random.chance(0.5) ? { ...step, at: some(random, at - 30_000, at + 90_000) } : step));
    return { ...plan, steps: steps.toSorted((a, b) => a.at - b.at) };
  };

/** Clocks matter where two want the same: a second worker comes, or the first one is slow. */
export const withRivals: Fit = (plan, random) => {
  if (random.chance(0.6))
    return withFault(plan, {
      id: "F-08",
      kind: "message-copied",
      queue: "syncs",
      nth: 1 + random.below(4),
      copies: 2,
      within: random.pick([1, 30, 300]),
    });
  const point = random.pick(["sync:cluster.apply", "sync:cluster.get", "sync:table.update"]);
  return withFault(plan, { id: "F-12", kind: "slow", point, nth: 1 + random.below(6), lasts: random.between(20_000, 2 * minute) });
};

export const withBurst: Fit = (plan, random) => withStep(plan, burstOf(plan, random));
