/** Seconds until a message must come back; undefined when everything is told. */
export type Later = number | undefined;

/** The longest that a queue delays a message. */
const longest = 900;

/** After trouble: 10 s, 20 s, 40 s … */
export const pauseAfter = (attempts: number): number => Math.min(10 * 2 ** Math.min(attempts, 10), longest);

/** News older than this is nobody's any more. ms. */
export const droppedAfter = 24 * 60 * 60_000;

/** Between the first event that a summary collects and its message. */
const gatherSeconds = 15;

/** Between a summary and the next one of the same cause. Where it is a message of its own each time, ever longer. */
export const nextSummary = (times: number, changeable: boolean): number =>
  changeable ? gatherSeconds : Math.min(gatherSeconds * 2 ** Math.min(times, 10), longest);
