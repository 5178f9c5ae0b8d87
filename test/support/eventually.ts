import { setTimeout as pause } from "node:timers/promises";

/** How long things may take on a machine that is busy with other tests. Seconds. */
const patience = 60;

/**
 * Looks again and again until the probe answers something other than undefined or false, and gives that back. Throws with what the probe last
 * complained about when `seconds` have passed.
 */
export const eventually = async <T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = patience,
): Promise<T> => {
  const until = Date.now() + seconds * 1000;
  let trouble = "it never came";
  while (Date.now() < until) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
    await pause(100);
  }
  throw new Error(`${what}: not within ${seconds} s (${trouble})`);
};
