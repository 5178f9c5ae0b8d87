import type { Failed } from "./campaign.ts";

/** How often people hear how far it is. ms */
const every = 10_000;

export interface ProgressOptions {
  readonly seed: string;
  readonly schedules: number;
  readonly describeFailed: (failed: Failed) => string;
}

/** Says on stderr how far a campaign is, and what failed as soon as it does. */
export const openProgress = ({ seed, schedules, describeFailed }: ProgressOptions) => {
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  let told = begun;
  let failures = 0;
  say(`seed ${seed}`);
  return {
    seconds,
    done: (done: number, failed: Failed | undefined): void => {
      if (failed) {
        failures++;
        say(describeFailed(failed));
      }
      if (performance.now() - told < every) return;
      told = performance.now();
      const pace = Math.round((done / seconds()) * 60);
      say(`${done} of ${schedules} schedules, ${pace} a minute, ${failures} ${failures === 1 ? "violation" : "violations"}`);
    },
  };
};
