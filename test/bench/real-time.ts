import { setTimeout as pause } from "node:timers/promises";

/** For worlds of tests, whose own clock stands still until it is moved: a share of a cluster's requests grows with time. */
export const realTime = {
  elapsed: () => performance.now(),
  pause: async (milliseconds: number): Promise<void> => pause(milliseconds),
};
