import type { FaultChoice } from "./fault-dice.ts";
import type { Fault } from "./faults.ts";
import { faultsAtCalls } from "./faults-at-calls.ts";
import { faultsInTime } from "./faults-in-time.ts";
import { isSeldom } from "./fitting.ts";
import type { Random } from "./random.ts";

const makers = { ...faultsAtCalls, ...faultsInTime };

/** Ids of all faults that a schedule can have, beside those that are part of every workload. */
export const faultIds: readonly string[] = Object.keys(makers);

/** Some need more tries than others until they take effect, or until two of them meet. */
const weighted: readonly string[] = [...faultIds, "F-09", "F-09", "F-10", "F-16", ...Array<string>(4).fill("stale-index")];

/** Crashes are two in five: there are so many places for them. */
const chosen = (random: Random): string => (random.chance(0.4) ? "F-01" : random.pick(weighted));

/** One fault, drawn. Throws where `only` names none. */
export const faultFor = (random: Random, choice: FaultChoice): Fault => {
  const id = choice.only ?? chosen(random);
  const make = makers[id];
  if (make === undefined) throw new Error(`no schedule can have ${id}; there are ${faultIds.join(", ")}`);
  return make({
    ...choice,
    random,
    // Half of them among the first three: many points are reached only a few times.
    nth: (point) => {
      if (point !== undefined && isSeldom(point)) return random.chance(0.8) ? 1 : 2;
      return random.chance(0.5) ? 1 + random.below(3) : 1 + random.below(1 + random.below(16));
    },
    time: () => Math.round(random.between(0, choice.busy)),
  });
};
