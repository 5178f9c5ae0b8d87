export interface Pace {
  /** Milliseconds; undefined: at every look. */
  readonly every: number | undefined;
  /** Milliseconds over which the Applications of one interval are spread; undefined: over all of it. */
  readonly jitter: number | undefined;
}

/**
 * Whether an Application's time came between two looks at its cluster. Each has a moment of its own in the interval, from its name, so that
 * the same ones come together and share their lists, and nothing has to be remembered of one that did not change. An interval shorter than
 * the time between looks is every look.
 * @param previous when the cluster was looked at last, ms since 1970
 */
export const isDue = (name: string, { every, jitter }: Pace, previous: number | undefined, now: number): boolean => {
  if (every === undefined || previous === undefined || now - previous >= every) return true;
  const spread = Math.max(1, Math.min(jitter ?? every, every));
  const moment = hashOf(name) % spread;
  return Math.floor((now - moment) / every) > Math.floor((previous - moment) / every);
};

/** FNV-1a: spreads names that differ in one letter. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
};
