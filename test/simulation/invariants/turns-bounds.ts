import type { RequestBudget } from "../../../shared/model/request-budget.ts";
import type { BusyTeam } from "../busy-team.ts";
import type { Plan } from "../plan.ts";

/** From a push until a step stands before its cluster, and what the table takes then: webhook, fetch and hints at their slowest. ms */
const unhindered = 2_000;

/** Requests for one object in one namespace: look at both, try, apply. */
const requestsOfQuiet = 4;

/** Requests with which a queue of Applications is reckoned, twice as often as which somebody looks. */
const looksAfter = 8 / 2;

/**
 * One slot is kept for whoever holds none, and only the quiet team holds none: its step begins at once, at the pace of one slot of all that there are.
 * The control Application is of a third project and may have taken that slot: then the quiet team looks once more, as those look who wait. That is
 * less than half of what the busy ones need: there are more than twice as many of them as slots, and each asks for as much. ms
 */
export const quietBound = ({ budget, applications }: BusyTeam, { control }: Pick<Plan, "control">): number => {
  const own = (requestsOfQuiet * budget.requests * 1_000) / budget.perSecond;
  const secondLook = 600 + Math.max(2_000, (looksAfter * applications * 1_000) / budget.perSecond);
  return unhindered + own + (control ? secondLook : 0);
};

/** Requests are counted over so long, ms. */
export const window = 5_000;

/** What was not used for two seconds may be used at once. */
const unused = 2_000;

/** Who was alone goes on as fast as before beside a second one, until it looks again. */
const untilTheyLook = 1 + 1 / 2;

export const requestsWithin = ({ perSecond }: RequestBudget): number => (perSecond * untilTheyLook * (window + unused)) / 1_000;
