import type { RequestBudget } from "../model/request-budget.ts";

export interface HeldSlots {
  readonly project: string;
  readonly slots: number;
}

/** Requests that a step makes of a small Application: what a queue of them costs is reckoned with it. */
const requestsPerStep = 8;

/** Slots kept back for projects that hold none: a quiet team's first step finds one however many syncs another team has. */
export const reserveOf = ({ requests }: RequestBudget): number => (requests < 2 ? 0 : Math.max(1, Math.floor(requests / 8)));

/** All slots that may be in use without those that are kept back. */
export const ceilingOf = (budget: RequestBudget): number => budget.requests - reserveOf(budget);

/** A worker begins with a tenth, so that ten share a cluster at once; one that has more to ask and finds room takes more. */
const firstSlots = ({ requests }: RequestBudget): number => Math.max(1, Math.ceil(requests / 10));

/**
 * How many slots a project may take beyond those it holds: all but the reserve while it is alone, an equal part of that beside others. Below 0: it
 * holds more than that.
 */
export const roomFor = (project: string, held: readonly HeldSlots[], budget: RequestBudget): number => {
  const used = sumOf(held);
  const own = sumOf(held.filter((each) => each.project === project));
  if (own === 0) return Math.max(0, budget.requests - used);
  const rest = ceilingOf(budget);
  const projects = new Set(held.map((each) => each.project)).size;
  return Math.min(Math.max(0, rest - used), Math.floor(rest / projects) - own);
};

/** What a worker takes of its project's room; 0: none. */
export const slotsToBegin = (room: number, budget: RequestBudget): number => Math.max(0, Math.min(room, firstSlots(budget)));

/** What a worker has from now on: more where more waits, but half of what is free is left to others; less where its project has too much. */
export const slotsToHave = (slots: number, room: number, wantsMore: boolean): number => {
  if (room < 0) return Math.max(1, slots + room);
  return wantsMore ? slots + Math.floor(room / 2) : slots;
};

/**
 * Requests a second of a worker with so many slots: its part of what is in use. While others wait, all that may be in use is thought to be, so that
 * those who come next ask for no more than is there.
 */
export const paceOf = (slots: number, used: number, othersWait: boolean, budget: RequestBudget): number =>
  (budget.perSecond * slots) / Math.max(slots, used, othersWait ? ceilingOf(budget) : 0);

const sumOf = (held: readonly HeldSlots[]): number => held.reduce((sum, { slots }) => sum + slots, 0);

/** Seconds in which an API server with this budget serves so many Applications. */
export const servingTime = (applications: number, { perSecond }: RequestBudget): number =>
  (Math.max(0, applications) * requestsPerStep) / perSecond;

/** Twice as often as there is something to get: fewer looks leave slots unused, more are looks in vain. */
const pressure = 2;

/** A sweep comes within a minute or two anyway. Seconds. */
const longestWait = 60;

/**
 * Seconds, from 0, until one of so many waiting Applications looks again: spread over the time in which they are served, and ever rarer where somebody
 * holds the slots for long. `waited`: seconds so far. `chance`: 0 to 1.
 */
export const waitFor = (waiting: number, waited: number, budget: RequestBudget, chance: number): number =>
  Math.floor(chance * Math.min(longestWait, Math.max(2, servingTime(waiting, budget) / pressure, waited / 10)));
