import { digestOfJson } from "../model/digest.ts";
import type { ApplicationEvent, EventKind } from "../model/event.ts";
import type { Shown } from "./ports.ts";

/** Slack tells nobody about a changed message: what happens this long after it was posted is a message of its own. ms. */
export const updateWithin = 15 * 60_000;

/** What could not be told for so long comes out of an outage, and is summed up whatever its cause, an hour of events at once. ms. */
const lateAfter = 3 * 60_000;

/** News of one cause that is told one by one, before the rest is summed up; of late news, only a single one. */
const toldAlone = { timely: 5, late: 1 } as const;

/** What many Applications have in common that say the same within a quarter of an hour. */
export interface Cause {
  /** Sorts by time. */
  readonly summary: string;
  readonly isLate: boolean;
  readonly alone: number;
}

export const causeOf = (event: ApplicationEvent, now: number): Cause => cause(event, now - Date.parse(event.at) > lateAfter);

/** All summaries that an event may stand in, whenever it was collected. */
export const summariesOf = (event: ApplicationEvent): readonly string[] => [cause(event, false).summary, cause(event, true).summary];

const cause = (event: ApplicationEvent, isLate: boolean): Cause => {
  const period = isLate ? hour : updateWithin;
  const began = Math.floor(Date.parse(event.at) / period) * period;
  const what = isLate ? late : digestOfJson([newsOf(event.kind), ...whereOf(event)]).slice(0, 16);
  return { summary: `${String(began).padStart(15, "0")}-${what}`, isLate, alone: isLate ? toldAlone.late : toldAlone.timely };
};

const late = "late";

/** Whether its events need have nothing in common but that they could not be told in time. */
export const isOfLateNews = (summary: string): boolean => summary.endsWith(`-${late}`);

const hour = 60 * 60_000;

/** A cluster is the cause of what its scan finds, and of what fails while it is away; else the commit is. */
export const isOfCluster = ({ kind, trigger, outage }: ApplicationEvent): boolean =>
  outage === true || kind === "drift-found" || kind === "drift-healed" || trigger === "schedule" || trigger === "self-heal";

const whereOf = (event: ApplicationEvent): readonly string[] =>
  isOfCluster(event) ? ["cluster", event.cluster] : ["commit", event.repository, event.commit?.sha ?? event.revision];

/** Steps of what goes well are one piece of news. */
const newsOf = (kind: EventKind): EventKind => (kind === "running" || kind === "healthy" ? "synced" : kind);

/** The summary that an earlier event of the same operation went into, where this one goes on with it. */
export const summaryToJoin = (event: ApplicationEvent, previous: Shown | undefined, now: number): string | undefined =>
  previous?.summary !== undefined && newsOf(previous.kind) === newsOf(event.kind) && now - previous.at <= updateWithin
    ? previous.summary
    : undefined;
