import type { SteadyClock } from "../ports/clock.ts";

/** How long one step goes on beginning things. What is left then is the next step's, and what was done is written down before it. */
export interface StepTime {
  /** Asked once for each object before it is begun. The first one always is: each step comes further than the one before. */
  mayBegin(): boolean;
}

/** The function ends after 120 s: a request that began last may take 30 s, and what was done must be written down after it. Milliseconds. */
export const usualStepTime = 75_000;

export const stepTime = (clock: Pick<SteadyClock, "elapsed">, milliseconds = usualStepTime): StepTime => {
  const until = clock.elapsed() + milliseconds;
  let isFirst = true;
  return {
    mayBegin: () => {
      const may = isFirst || clock.elapsed() < until;
      isFirst = false;
      return may;
    },
  };
};

/** Nobody else is harmed by how long it takes. */
export const unlimitedTime: StepTime = { mayBegin: () => true };
