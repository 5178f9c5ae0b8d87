import { annotationOf, type Manifest } from "../../../shared/model/manifest.ts";
import type { Item } from "../../../shared/ports/table.ts";
import { type BusyTeam, busyTeamIn, quiet } from "../busy-team.ts";
import { revAnnotation } from "../content.ts";
import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";
import type { Plan } from "../plan.ts";
import { startOfTime } from "../timeline.ts";
import type { World } from "../world.ts";
import { quietBound, requestsWithin, window } from "./turns-bounds.ts";

/** Discovery is mostly remembered, and waits for no turn. */
const free = "discover";

/** Slots in use are somebody's; nobody asks a cluster for more than it may be asked; and a quiet team does not wait for a busy one. */
export const watchTurns = (report: Report, world: () => World): Observer => {
  const inFlight = new Map<string, number>();
  const begun = new Map<string, number[]>();
  let stood = false;

  const checkRequests = (cluster: string, by: 1 | -1, { budget }: BusyTeam): void => {
    const now = world().timeline.now();
    const count = (inFlight.get(cluster) ?? 0) + by;
    inFlight.set(cluster, count);
    if (by < 0) return;
    if (count > budget.requests)
      report("requests stay within the budget", `${count} are in flight to ${cluster}, of at most ${budget.requests}`);
    const times = [...(begun.get(cluster) ?? []), now].filter((at) => at > now - window);
    begun.set(cluster, times);
    if (times.length > requestsWithin(budget))
      report(
        "requests stay within the budget",
        `${cluster} was asked ${times.length} times in ${window / 1000} s, at ${budget.perSecond}/s`,
      );
  };

  const checkQuiet = (after: Manifest, team: BusyTeam): void => {
    const { plan, repositories, timeline } = world();
    const push = plan.steps.find((step) => step.do === "push" && step.repository === quiet.repository);
    const since = timeline.now() - startOfTime - (push?.at ?? Number.POSITIVE_INFINITY);
    if (stood || since < 0 || annotationOf(after, revAnnotation) !== String(repositories.head(quiet.name)[0]?.rev)) return;
    stood = true;
    const most = quietBound(team, plan);
    if (since > most) report("a quiet team does not wait for a busy one", `its push stood after ${Math.round(since)} ms, not ${most}`);
  };

  return {
    messageSent: (queue, body) => {
      const team = busyTeamIn(world().plan);
      const waits = queue === "syncs" && body.includes('"waits"') && body.includes('"counted":true');
      if (team && waits && !world().gate.struck.has(team.id)) world().gate.strike(team);
    },
    tableWritten: (_before, after) => {
      if (after?.sk === "slots") checkSlots(after, busyTeamIn(world().plan), report);
    },
    requested: (cluster, operation, by, { invocation }) => {
      if (invocation.fn !== "sync" || operation === free) return;
      const team = teamAloneIn(world().plan);
      if (team) checkRequests(cluster, by, team);
    },
    clusterChanged: (_cluster, after) => {
      if (after?.metadata.name !== `${quiet.name}-0`) return;
      const team = teamAloneIn(world().plan);
      if (team) checkQuiet(after, team);
    },
  };
};

/** Where nothing else goes wrong: a dead worker's slots stay for a while, and what it sent may be late. */
const teamAloneIn = (plan: Plan): BusyTeam | undefined =>
  plan.faults.every(({ kind }) => kind === "busy-team") ? busyTeamIn(plan) : undefined;

const slotsOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + (name.startsWith("grant:") ? Number.parseInt(String(value), 10) : 0), 0);

const checkSlots = (item: Item, team: BusyTeam | undefined, report: Report): void => {
  const [used, held] = [Number(item.used ?? 0), slotsOf(item)];
  if (used !== held) report("slots in use are somebody's", `${item.pk} says ${used}, its grants hold ${held}: ${JSON.stringify(item)}`);
  if (team && used > team.budget.requests)
    report("slots in use are no more than there are", `${used} of ${item.pk}: ${JSON.stringify(item)}`);
};

/** What holders gave back is there, and about as many are said to wait as there are: none. */
export const checkTurns = ({ plan, store }: World, report: Report): void => {
  if (teamAloneIn(plan) === undefined) return;
  for (const cluster of plan.clusters) {
    const item = store.read({ pk: `cluster#${cluster}`, sk: "slots" });
    if (item && slotsOf(item) > 0) report("slots come back", `nobody is at work: ${JSON.stringify(item)}`);
    // Messages come twice, and the sweeper sends one beside one that waits.
    if (Math.abs(Number(item?.waiting ?? 0)) > 2 * plan.applications.length)
      report("who waits is counted", `nobody waits: ${JSON.stringify(item)}`);
  }
};
