/** Lets work through: so much at once, and so much a second. */
export interface Pacing {
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** From now on. */
  allow(limits: PaceLimits): void;
  /** How many wait for others to end. */
  readonly queued: number;
  /** For how long nothing has been sent, reckoned from when all that was let through has had its share of time, ms. */
  readonly rested: number;
}

export interface PaceLimits {
  readonly atOnce: number;
  readonly perSecond: number;
}

interface PacingWorld {
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** What was not used for so long may be used at once. Milliseconds. */
export const burst = 2_000;

/** `rested`: as if nothing had been sent for so long, ms. */
export const openPacing = (limits: PaceLimits, rested: number, { now, pause }: PacingWorld): Pacing => {
  const waiting: (() => void)[] = [];
  let { atOnce, perSecond } = limits;
  let running = 0;
  /** When all that was let through has had its share of time, ms. */
  let spent = now() - Math.min(burst, rested);

  const proceed = (): void => {
    while (running < atOnce && waiting.length > 0) {
      running += 1;
      waiting.shift()?.();
    }
  };
  const turn = async (): Promise<void> => {
    if (running < atOnce) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    const at = now();
    spent = Math.max(spent, at - burst) + 1_000 / perSecond;
    if (spent > at) await pause(spent - at);
  };

  return {
    get queued() {
      return waiting.length;
    },
    get rested() {
      return now() - spent;
    },
    allow: (allowed) => {
      ({ atOnce, perSecond } = allowed);
      proceed();
    },
    pass: async (work) => {
      await turn();
      try {
        return await work();
      } finally {
        running -= 1;
        proceed();
      }
    },
  };
};
