const first = 2_000;
const factor = 3;
const longest = 300_000;
/** Argo CD's `--self-heal-backoff-cooldown-seconds`. */
const calm = 330_000;

/**
 * Milliseconds that must lie between the end of an operation and the next healing: none before the first, then 2, 6, 18, 54, 162 and at most
 * 300 s, so that somebody who keeps changing an object back costs ever less.
 * @param attempts how many times in a row this revision was healed
 */
export const selfHealDelay = (attempts: number): number => (attempts <= 0 ? 0 : Math.min(longest, first * factor ** (attempts - 1)));

/** What is known about earlier healings. */
export interface HealRecord {
  readonly attempts: number;
  /** When the last operation ended, ms since 1970; absent while one is under way. */
  readonly finishedAt?: number | undefined;
  readonly succeeded: boolean;
}

/** Attempts that still count at `now`: none once the Application has stood as desired for five and a half minutes after a sync that worked. */
export const countedHeals = ({ attempts, finishedAt, succeeded }: HealRecord, now: number): number =>
  finishedAt !== undefined && succeeded && now - finishedAt >= calm ? 0 : attempts;

/** When the next healing may begin, ms since 1970; in the past where nothing holds it up. */
export const mayHealAt = (record: HealRecord, now: number): number => (record.finishedAt ?? now) + selfHealDelay(countedHeals(record, now));
