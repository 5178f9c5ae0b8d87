import { type Death, type Mortal, oneDeath } from "./one-death.ts";
import { type BenchResult, goal, quantileOf, spreadOf } from "./result.ts";

const deaths = 1_000;
const bound = 120;
const mortals: readonly Mortal[] = ["sync", "fetch", "render"];

/** From a worker's death to the next step of its Application, in seconds of virtual time: killed at any call or moment, sweeper and beats in any phase. */
export const deadWorker = async (): Promise<readonly BenchResult[]> => {
  const seen: Death[] = [];
  for (let run = 0; seen.length < deaths; run++) {
    const death = await oneDeath(`dead-worker.${run}`);
    if (death) seen.push(death);
  }
  const of = (fn: Mortal) => seen.filter((death) => death.of === fn).map(({ seconds }) => seconds);
  const p99 = (text: string, samples: readonly number[]) => {
    const measured = quantileOf(samples, 0.99);
    return goal(`p99 ≤ ${bound} s of virtual time, ${text}`, measured, measured <= bound);
  };
  const all = seen.map(({ seconds }) => seconds);
  return [
    {
      name: "dead-worker",
      unit: "s",
      ours: spreadOf(all),
      others: {},
      goals: [p99(`${all.length} deaths`, all), ...mortals.map((fn) => p99(`${of(fn).length} of ${fn}`, of(fn)))],
    },
  ];
};
