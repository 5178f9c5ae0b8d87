import { parseArgs } from "node:util";
import { faultIds } from "./generate-faults.ts";

export const help = `npm run simulate -- [options]

Runs the real handlers on simulated ports under a virtual clock, in schedules that a seed decides.

  --schedules N   how many (1000)
  --seed S        the campaign's seed; a fresh one without it. Schedule k has the seed S.k
  --fault F-09    every schedule has this fault
  --replay S.k    one schedule: what it is, its trace, and the smallest one that still fails
  --bugs          how many schedules it takes to find each deliberate bug (at most N)
  --cores N       on so many threads (1)
  --trace         prints every call of a replay
  --json          the result as JSON

Exits with 1 where a rule was broken, a bug was not found, or 100,000 schedules and more did not cover what a nightly campaign must.
`;

const options = {
  schedules: { type: "string", default: "1000" },
  seed: { type: "string" },
  fault: { type: "string" },
  replay: { type: "string" },
  bugs: { type: "boolean", default: false },
  cores: { type: "string", default: "1" },
  trace: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** What somebody typed. Throws an error for people where that cannot be. */
export const readCommandLine = () => {
  const { schedules, cores, ...values } = parseArgs({ options }).values;
  if (values.fault !== undefined && !faultIds.includes(values.fault))
    throw new Error(`no schedule can have ${values.fault}; there are ${faultIds.join(", ")}`);
  return { ...values, schedules: countOf("--schedules", schedules), cores: countOf("--cores", cores) };
};

const countOf = (option: string, text: string): number => {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${option} is a whole number from 1 on, not "${text}"`);
  return count;
};
