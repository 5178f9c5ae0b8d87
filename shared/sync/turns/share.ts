import type { RequestBudget } from "../../model/request-budget.ts";
import { ceilingOf, paceOf, reserveOf, roomFor, slotsToBegin, slotsToHave } from "../../policy/request-budget.ts";
import type { SteadyClock } from "../../ports/clock.ts";
import type { Table } from "../../ports/table.ts";
import { leaseTimes } from "../../state/leases.ts";
import { changeGrant, type Grant, giveBack, type Learned, type Traffic, takeSlots } from "../../state/slots.ts";
import { burst, openPacing, type Pacing } from "./pacing.ts";

export interface ShareWorld {
  readonly table: Table;
  readonly clock: SteadyClock;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly budget: RequestBudget;
}

/** A worker's share of what a cluster may be asked, for one project: all its steps that run at once use it together. */
export interface Share {
  readonly pass: Pacing["pass"];
  /** The slots go back; answers the traffic as it then stands. */
  end(learned: Learned, served: number): Promise<Traffic>;
}

/** A worker that has more to ask than it may looks so often whether others have left, or takes more where it is alone. Milliseconds. */
const growEvery = { alone: 50, besideOthers: 500 } as const;

/**
 * Whoever takes meanwhile may leave room for less: the second try knows how much. What is kept for those who hold none is taken only by who saw the
 * traffic as it is: beside a hundred workers of others, that change it all the time, every second try is in vain.
 */
const tries = { more: 2, first: 12 } as const;

/** Undefined where there is no slot; `traffic` as it was seen last. */
export const takeShare = async (
  request: { readonly cluster: string; readonly project: string; readonly name: string; readonly waited: boolean; readonly seen: Traffic },
  world: ShareWorld,
): Promise<{ readonly share?: Share; readonly traffic: Traffic }> => {
  const { cluster, project, name, waited } = request;
  let { seen } = request;
  const holdsNone = (): boolean => !seen.grants.some((grant) => grant.project === project);
  for (let attempt = 1; attempt <= (holdsNone() ? tries.first : tries.more); attempt++) {
    const slots = slotsToBegin(roomFor(project, seen.grants, world.budget), world.budget);
    if (slots === 0) break;
    const grant = { name, project, slots, beat: 0 };
    const limits = { ceiling: world.budget.requests, keptBack: reserveOf(world.budget) };
    const { taken, traffic } = await takeSlots(world.table, cluster, { grant, ...limits, gone: miscounted(seen, waited), seen });
    if (taken) return { share: openShare(cluster, grant, traffic, restedFor(grant, seen, world), world), traffic };
    seen = traffic;
  }
  return { traffic: seen };
};

/** Whoever comes without having waited and finds nobody there sees that most of those who are said to wait do not. */
const miscounted = ({ used, waiting }: Traffic, waited: boolean): number =>
  used === 0 && !waited ? Math.ceil(Math.max(0, waiting) / 2) : 0;

/** What nobody used for a while may be used at once, unless many wait for it; a project that asks for little waits for nothing. Milliseconds. */
const restedFor = ({ project, slots }: Grant, { used, waiting, grants, spent }: Traffic, { clock, budget }: ShareWorld): number => {
  // By two clocks: where they are apart, it is a burst too many, or one too few.
  if (used === 0 && waiting <= 0) return spent === undefined ? burst : Math.max(0, clock.now() - spent);
  if (grants.some((grant) => grant.project === project)) return 0;
  return (slots * 1_000) / paceOf(slots, used + slots, waiting > 0, budget);
};

const openShare = (cluster: string, taken: Grant, begin: Traffic, rested: number, world: ShareWorld): Share => {
  const { table, clock, budget } = world;
  let grant = taken;
  let seen = begin;
  let lookedAt = clock.elapsed();
  let changing: Promise<void> | undefined;

  const limits = () => ({ atOnce: grant.slots, perSecond: paceOf(grant.slots, seen.used, seen.waiting > 0, budget) });
  const pacing = openPacing(limits(), rested, { now: () => clock.elapsed(), pause: world.pause });

  /** Beats, and has more or less from then on. One that has lapsed goes on with what it has: it is soon over. */
  const change = async (): Promise<void> => {
    const slots = slotsToHave(grant.slots, roomFor(grant.project, seen.grants, budget), pacing.queued > 0);
    const after = { ...grant, slots, beat: grant.beat + 1 };
    const traffic = await changeGrant(table, cluster, grant, after, ceilingOf(budget));
    if (!traffic) return;
    grant = after;
    seen = traffic;
    pacing.allow(limits());
  };
  const patience = () => {
    if (seen.used > grant.slots) return growEvery.besideOthers;
    return roomFor(grant.project, seen.grants, budget) > 1 ? growEvery.alone : leaseTimes.beatEvery;
  };
  const look = (): void => {
    const since = clock.elapsed() - lookedAt;
    const isDue = since >= (pacing.queued > 0 ? patience() : leaseTimes.beatEvery);
    if (changing || !isDue) return;
    lookedAt = clock.elapsed();
    // A table in trouble ends the step at its next write; the slots that it has are enough until then.
    changing = change()
      .catch(() => undefined)
      .finally(() => {
        changing = undefined;
      });
  };

  return {
    pass: (work) => {
      look();
      return pacing.pass(work);
    },
    end: async (learned, served) => {
      await changing;
      return giveBack(table, cluster, { grant, served, learned, seen, spent: Math.floor(clock.now() - pacing.rested) });
    },
  };
};
