import { withBusyTeam } from "./busy-team.ts";
import { type Fault, isCallFault, type Point } from "./faults.ts";
import {
  type Fit,
  withAskInRender,
  withBurst,
  withControl,
  withDrop,
  withDropIn,
  withHealing,
  withHook,
  withKilledRender,
  withKustomize,
  withLeftDrift,
  withMaps,
  withNewer,
  withPush,
  withPushIn,
  withRefusal,
  withRivals,
  withRollout,
  withSlackAway,
  withThings,
  withTwoClusters,
  withWithdrawal,
  withWorkAround,
} from "./fits.ts";
import { withCleanUp, withOldHistory } from "./fits-of-clean-up.ts";
import type { Plan } from "./plan.ts";
import type { Random } from "./random.ts";
import { isRestored } from "./restored.ts";

/** Points that a random schedule seldom reaches, and what a schedule that reaches them has. */
const fits: Readonly<Record<Point, Fit>> = {
  "fetch:queue.send-pushes": (plan, random) => withDrop(withBurst(plan, random), random),
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
  "notify:table.delete": withCleanUp,
  "notify:queue.send-notices": withSlackAway,
};

/** Points that a function reaches once or twice in a schedule, if at all. */
export const isSeldom = (point: Point): boolean => point in fits || seldom.has(point);
const seldom: ReadonlySet<Point> = new Set([
  "scan:table.put",
  "scan:queue.send-pushes",
  "render:table.update",
  "webhook:queue.send-pushes",
]);

const fitOf = (fault: Fault, random: Random): Fit | undefined => {
  switch (fault.kind) {
    case "clocks":
      return random.chance(0.7) ? withRivals : undefined;
    case "restored":
      return withWorkAround(fault);
    case "late-kinds":
      return withThings;
    case "busy-team":
      return withBusyTeam(fault);
    case "clean-up":
      return withOldHistory(fault);
    case "finalizers":
      return withDropIn(fault);
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

/** The schedule, with what its faults need in order to strike. A restore has the last word: what it rules out, no other fault brings back. */
export const fitted = (plan: Plan, random: Random): Plan =>
  [...plan.faults.filter((fault) => !isRestored(fault)), ...plan.faults.filter(isRestored)].reduce(
    (fit, fault) => fitOf(fault, random)?.(fit, random) ?? fit,
    plan,
  );
