import type { Campaign } from "./campaign.ts";
import { faultIds } from "./generate-faults.ts";
import { crashPoints } from "./points.ts";

/** What 1,000 schedules must reach: 100,000 are a nightly campaign's, and reach each crash point 100 times and each fault 1,000 times. */
const perThousand = { crashes: 1, faults: 10 } as const;

/** Faults that are people's own doing. */
const workloadIds = ["F-25"] as const;

interface Reached {
  readonly name: string;
  readonly times: number;
}

/** Whether a campaign has reached everything often enough, for so many schedules as it had. */
export interface Coverage {
  readonly crashes: Covered;
  readonly faults: Covered;
}

interface Covered {
  readonly atLeast: number;
  readonly isMet: boolean;
  /** Those reached least often. */
  readonly least: readonly Reached[];
  /** How many are below. */
  readonly below: number;
}

export const coverageOf = ({ schedules, faults, crashes }: Pick<Campaign, "schedules" | "faults" | "crashes">): Coverage => ({
  crashes: covered(crashPoints, crashes, Math.floor((schedules * perThousand.crashes) / 1000)),
  faults: covered([...faultIds, ...workloadIds], faults, Math.floor((schedules * perThousand.faults) / 1000)),
});

const covered = (names: readonly string[], counts: Readonly<Record<string, number>>, atLeast: number): Covered => {
  const reached = names.map((name) => ({ name, times: counts[name] ?? 0 })).toSorted((a, b) => a.times - b.times);
  const below = reached.filter(({ times }) => times < atLeast).length;
  return { atLeast, isMet: below === 0, least: reached.slice(0, 3), below };
};

/** Fewer schedules reach what they happen to reach. */
const nightly = 100_000;

/** Whether so many schedules have reached what a campaign of their size has to. */
export const isCovered = ({ crashes, faults }: Coverage, schedules: number): boolean =>
  schedules < nightly || (crashes.isMet && faults.isMet);

/** One line each for people. */
export const describeCoverage = ({ crashes, faults }: Coverage): string =>
  [lineOf("crash point", crashes), lineOf("fault", faults)].join("\n");

const lineOf = (what: string, { atLeast, isMet, least, below }: Covered): string => {
  const names = least.map(({ name, times }) => `${name} (${times})`).join(", ");
  return `every ${what} >= ${atLeast}: ${isMet ? "yes" : `no, ${below} below`}; least: ${names}`;
};
