import { setTimeout as delay } from "node:timers/promises";

/** What a look at the cluster found: what was expected, or what was there instead. */
export type Look = { readonly seen: string } | { readonly instead: string };

export interface Seen {
  readonly what: string;
  /** Since the watch began. */
  readonly seconds: number;
}

/** What was expected did not show in time. */
export class NotSeen extends Error {
  readonly expected: string;
  readonly instead: string;

  constructor(expected: string, instead: string, seconds: number) {
    super(`expected within ${seconds} s: ${expected}; seen: ${instead}`);
    this.name = "NotSeen";
    this.expected = expected;
    this.instead = instead;
  }
}

const between = 150;

/**
 * Looks again and again until what is expected is seen.
 * @param limit Seconds.
 * @throws NotSeen with what the last look found instead.
 */
export const watch = async (expected: string, limit: number, look: () => Promise<Look>): Promise<Seen> => {
  const from = performance.now();
  for (;;) {
    const found = await look().catch((error: unknown): Look => ({ instead: error instanceof Error ? error.message : String(error) }));
    const seconds = (performance.now() - from) / 1000;
    if ("seen" in found) return { what: found.seen, seconds };
    if (seconds > limit) throw new NotSeen(expected, found.instead, limit);
    await delay(between);
  }
};

/** Every look is what it should be; the first that is not says what was seen. */
export const all = async (...looks: readonly (Look | Promise<Look>)[]): Promise<Look> => {
  const found = await Promise.all(looks);
  const wrong = found.find((look) => "instead" in look);
  return wrong ?? { seen: found.flatMap((look) => ("seen" in look ? [look.seen] : [])).join("; ") };
};
