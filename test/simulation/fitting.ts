import { minute } from "./fault-dice.ts";
import { type Fault, isCallFault, type Point } from "./faults.ts";
import type { ApplicationPlan, ObjectPlan, Plan, Step } from "./plan.ts";
import type { Random } from "./random.ts";
import type { Restored } from "./restored.ts";

/** Makes of a schedule one in which a point can be reached. */
type Fit = (plan: Plan, random: Random) => Plan;

const withFirst = (plan: Plan, change: (application: ApplicationPlan) => ApplicationPlan): Plan => ({
  ...plan,
  applications: plan.applications.map((each, at) => (at === 0 ? change(each) : each)),
});

const withStep = (plan: Plan, ...steps: readonly Step[]): Plan => ({
  ...plan,
  steps: [...plan.steps, ...steps].toSorted((a, b) => a.at - b.at),
});

/** Only where there is room for one more. */
const withFault = (plan: Plan, fault: Fault): Plan => (plan.faults.length < 3 ? { ...plan, faults: [...plan.faults, fault] } : plan);

const nameOf = ({ applications }: Plan): string => applications[0]?.name ?? "";
const repositoryOf = ({ applications }: Plan): string => applications[0]?.repository ?? "";

const some = (random: Random, low: number, high: number): number => Math.round(random.between(low, high));

const withKustomize: Fit = (plan) => withFirst(plan, (each) => ({ ...each, tool: "kustomize" }));

const withHook: Fit = (plan) =>
  withFirst(plan, (each) =>
    each.objects.some(({ kind }) => kind === "Hook")
      ? each
      : { ...each, objects: [...each.objects, { name: `${each.name}-migrate`, kind: "Hook", wave: 0 }] },
  );

const withMaps = (plan: Plan, count: number): Plan =>
  withFirst(plan, (each) => {
    const more: readonly ObjectPlan[] = Array.from({ length: count }, (_, at) => ({
      name: `${each.name}-of-${each.objects.length + at}`,
      kind: "ConfigMap",
      wave: 0,
    }));
    return { ...each, objects: [...more, ...each.objects] };
  });

const withControl: Fit = (plan) => ({
  ...plan,
  control: true,
  // One that declares nothing at all is a mistake that nobody follows.
  steps: plan.steps.filter((step) => plan.applications.length > 1 || step.do !== "withdraw"),
});

const withDrop: Fit = (plan, random) =>
  withStep(withMaps(plan, 1), {
    at: some(random, 20_000, 200_000),
    do: "push",
    repository: repositoryOf(plan),
    changes: [{ application: nameOf(plan), how: "drop", index: 0 }],
  });

const withWithdrawal: Fit = (plan, random) => {
  if (plan.steps.some((step) => step.do === "withdraw")) return plan;
  const alone = plan.applications.map((each) => ({ ...each, objects: each.objects.filter(({ name }) => name !== "shared") }));
  const control = plan.control && alone.length > 1;
  return withStep(
    { ...plan, applications: alone, control },
    { at: some(random, 20_000, 240_000), do: "withdraw", application: nameOf(plan) },
  );
};

/** Something changed by hand after the last push: whose Application is not healed shows it, and no sync comes in between. */
const withLeftDrift: Fit = (plan, random) => {
  const first = withFirst(withMaps(plan, 1), (each) => ({ ...each, selfHeal: false }));
  const steps = plan.steps.map((step) => ({ ...step, at: Math.round(step.at / 3) }));
  return withStep({ ...first, steps }, { at: some(random, 150_000, 240_000), do: "edit", application: nameOf(plan), index: 0 });
};

const withHealing: Fit = (plan, random) => {
  const first = withFirst(withMaps(plan, 1), (each) => ({ ...each, selfHeal: true }));
  return withStep(first, { at: some(random, 100_000, 240_000), do: "delete", application: nameOf(plan), index: 0 });
};

const withPush: Fit = (plan, random) => {
  const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
  return withStep(plan, { at: some(random, 20_000, 200_000), do: "push", repository: repositoryOf(plan), changes });
};

/** A person asks while the render is under way. */
const withAskInRender: Fit = (plan, random) => {
  const at = some(random, 20_000, 200_000);
  const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
  const push: Step = { at, do: "push", repository: repositoryOf(plan), changes };
  const asks = [900, 1_300, 1_700].map((after): Step => ({ at: at + after, do: "ask", application: nameOf(plan) }));
  return withStep(withKustomize(plan, random), push, ...asks);
};

const withSlackAway: Fit = (plan, random) =>
  withFault(withPush(withPush(plan, random), random), {
    id: "F-32",
    kind: "outage",
    port: "slack",
    from: some(random, 0, 20_000),
    lasts: 60 * minute,
    code: "SlackUnreachable",
  });

const withNewer =
  (queue: "pushes" | "notices"): Fit =>
  (plan, random) =>
    withFault(plan, { id: "F-28", kind: "newer-message", queue, from: some(random, 0, 200_000) });

const withKilledRender: Fit = (plan, random) =>
  withFault(withKustomize(plan, random), { id: "F-13", kind: "refused", point: "render:cage.run", nth: 1, times: 1, code: "RenderKilled" });

const withRefusal: Fit = (plan, random) =>
  withFault(withPush(plan, random), { id: "F-23", kind: "outage", port: "git", from: 0, lasts: 3 * minute, code: "RepositoryForbidden" });

/** Points that a random schedule seldom reaches, and what a schedule that reaches them has. */
const fits: Readonly<Record<Point, Fit>> = {
  "fetch:queue.send-pushes": (plan, random) => withDrop(withStep(plan, burstOf(plan, random)), random),
  "fetch:queue.send-syncs": withRefusal,
  "fetch:table.put": withNewer("pushes"),
  "render:cage.run": withKustomize,
  "render:table.update": withKilledRender,
  "sync:table.getMany": withControl,
  "sync:queue.send-pushes": withControl,
  "sync:table.delete": withWithdrawal,
  "sync:cluster.list": (plan) => withMaps(plan, 8),
  "sync:cluster.create": withHook,
  "sync:cluster.patch": withHook,
  "sync:cluster.delete": withDrop,
  "sync:queue.send-renders": withAskInRender,
  "scan:table.delete": withWithdrawal,
  "scan:artifacts.get": withLeftDrift,
  "scan:cluster.dry-run": withLeftDrift,
  "scan:queue.send-notices": withLeftDrift,
  "scan:queue.send-syncs": withHealing,
  "notify:table.getMany": withSlackAway,
  "notify:table.put": withNewer("notices"),
  "notify:queue.send-notices": withSlackAway,
};

const burstOf = (plan: Plan, random: Random): Step => ({
  at: some(random, 5_000, 200_000),
  do: "burst",
  repository: repositoryOf(plan),
  application: nameOf(plan),
  pushes: 8,
  within: 1_000,
});

/** Points that a function reaches once or twice in a schedule, if at all. */
export const isSeldom = (point: Point): boolean => point in fits || seldom.has(point);
const seldom: ReadonlySet<Point> = new Set([
  "scan:table.put",
  "scan:queue.send-pushes",
  "render:table.update",
  "webhook:queue.send-pushes",
]);

/** Both clusters are in use, so that one of them can be away. */
const withTwoClusters: Fit = (plan) => {
  const clusters = ["harbor", "quay"];
  if (plan.applications.some(({ objects }) => objects.some(({ name }) => name === "shared"))) return plan;
  return { ...plan, clusters, applications: plan.applications.map((each, at) => ({ ...each, cluster: clusters[at % 2] ?? each.cluster })) };
};

/** Something is written while what controllers make ready of it turns bad. */
const withRollout =
  ({ from, lasts }: { readonly from: number; readonly lasts: number }): Fit =>
  (plan, random) => {
    const first = withFirst(plan, (each) => ({
      ...each,
      objects: [{ name: `${each.name}-rollout`, kind: "Deployment", wave: 0 }, ...each.objects],
    }));
    const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
    return withStep(first, { at: some(random, from, from + lasts / 2), do: "push", repository: repositoryOf(plan), changes });
  };

/** A push while it lasts. */
const withPushIn =
  ({ from, lasts }: { readonly from: number; readonly lasts: number }): Fit =>
  (plan, random) => {
    const changes = [{ application: nameOf(plan), how: "bump" as const, index: 0 }];
    return withStep(plan, { at: some(random, from, from + lasts / 2), do: "push", repository: repositoryOf(plan), changes });
  };

/**
 * People are at work when it happens. A withdrawal that stands in no repository is lost with the table. What Git drops while nothing may be pruned
 * stays, where nothing is healed, until the next commit: as long as that is so, it is no part of a schedule.
 */
const withWorkAround =
  ({ at, back }: Restored): Fit =>
  (plan, random) => {
    const kept = plan.steps.filter((step) => step.do !== "withdraw" || (plan.control && back !== "all"));
    const steps = kept.map((step) => (random.chance(0.5) ? { ...step, at: some(random, at - 30_000, at + 90_000) } : step));
    const applications = plan.applications.map((each) => ({ ...each, selfHeal: true }));
    return { ...plan, applications, steps: steps.toSorted((a, b) => a.at - b.at) };
  };

/** Clocks matter where two want the same: a second worker comes, or the first one is slow. */
const withRivals: Fit = (plan, random) => {
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

const fitOf = (fault: Fault, random: Random): Fit | undefined => {
  switch (fault.kind) {
    case "clocks":
      return random.chance(0.7) ? withRivals : undefined;
    case "restored":
      return withWorkAround(fault);
    case "flapping":
      return withRollout(fault);
    case "lagging-refs":
    case "webhooks-off":
    case "stale-index":
      return withPushIn(fault);
    case "outage":
      return fault.id === "F-31" ? withTwoClusters : undefined;
    default:
      if (!isCallFault(fault)) return undefined;
      return fault.id === "F-16" ? (plan, random) => withPush(fits[fault.point]?.(plan, random) ?? plan, random) : fits[fault.point];
  }
};

/** The schedule, with what its faults need in order to strike. */
export const fitted = (plan: Plan, random: Random): Plan =>
  plan.faults.reduce((fit, fault) => fitOf(fault, random)?.(fit, random) ?? fit, plan);
