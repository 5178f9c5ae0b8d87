import type { Seen } from "../state/claims.ts";

/** Seconds until a message must come back; undefined when everything is told. `saw`: a claim that kept it from being told. */
export type Later = { readonly seconds: number; readonly saw?: Seen } | undefined;

/** A message that must come, and how long it is delayed until then. */
export type Again<Message> = { readonly seconds: number; readonly again: Message; readonly group: string } | undefined;

/** The longest that a queue delays a message. */
const longest = 900;

/** Seconds as a queue takes them. */
export const delayOf = (seconds: number): number => Math.min(Math.max(Math.ceil(seconds), 1), longest);

/** What a message that is delayed so long saw: by then. */
export const afterDelay = ({ beat, seconds }: Seen, delay: number): Seen => ({ beat, seconds: seconds + delay });

/** After trouble: 10 s, 20 s, 40 s … */
export const pauseAfter = (attempts: number): number => Math.min(10 * 2 ** Math.min(attempts, 10), longest);

/** News older than this is nobody's any more. ms. */
export const droppedAfter = 24 * 60 * 60_000;

/** Between the first event that a summary collects and its message. */
const gatherSeconds = 15;

/** Between a summary and the next one of the same cause. Where it is a message of its own each time, ever longer. */
export const nextSummary = (times: number, changeable: boolean): number =>
  changeable ? gatherSeconds : Math.min(gatherSeconds * 2 ** Math.min(times, 10), longest);
