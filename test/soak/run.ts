import { setTimeout as pause } from "node:timers/promises";
import { readStates } from "../../shared/state/application-state.ts";
import { applicationYaml } from "../support/declarations.ts";
import { control } from "../support/fleet.ts";
import { isSynced } from "../support/stack-reading.ts";
import { differences } from "./compare.ts";
import { randomFault, type SoakWorld } from "./faults.ts";
import { type Teams, teamsOf } from "./teams.ts";

export interface SoakPlan {
  readonly minutes: number;
  /** How long everything may take to come to rest at the end: a message that died with its worker is hidden for a while. */
  readonly patienceMinutes: number;
}

export interface SoakResult {
  readonly pushes: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Seconds from the last fault's end until every cluster equalled Git; absent when they never did. */
  readonly settledAfter?: number;
  readonly differences: readonly string[];
  readonly notSynced: readonly string[];
}

type Tell = (line: string) => void;

/** Pushes and faults for so many minutes, then waits until every cluster equals Git and every Application says so. */
export const soak = async (plan: SoakPlan, world: SoakWorld, tell: Tell): Promise<SoakResult> => {
  const { stack, applications, random } = world;
  const teams = teamsOf(applications, stack, random);
  await teams.begin();
  const declared = applications.map(
    ({ name, repository, path, namespace, cluster }) =>
      [`${name}.yaml`, applicationYaml(name, { repository, path, namespace, cluster, syncOptions: ["CreateNamespace=true"] })] as const,
  );
  await stack.push(control, Object.fromEntries(declared));
  const started = await settled(plan, world, teams, tell);
  if (started.settledAfter === undefined) return { pushes: 0, faults: {}, ...started };
  tell(`${applications.length} Applications are synced; now ${plan.minutes} minutes of pushes and faults`);

  const until = Date.now() + plan.minutes * 60_000;
  const [pushes, faults] = await Promise.all([pushUntil(until, world, teams), faultsUntil(until, world, tell)]);
  tell(`${pushes} pushes are over; waiting until everything rests`);
  return { pushes, faults, ...(await settled(plan, world, teams, tell)) };
};

const pushUntil = async (until: number, { random }: SoakWorld, teams: Teams): Promise<number> => {
  let pushes = 0;
  for (; Date.now() < until; pushes++) {
    await teams.push();
    await pause(200 + random.below(3_000));
  }
  return pushes;
};

const faultsUntil = async (until: number, world: SoakWorld, tell: Tell): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  while (Date.now() < until) {
    const { what, lasts = 0, mend } = await randomFault(world.random).strike(world);
    const kind = what.replace(/ of soak-\d+|configmap\/\w+ | \(.*\)/g, "");
    counts[kind] = (counts[kind] ?? 0) + 1;
    tell(what);
    await pause(lasts);
    await mend?.();
    await pause(1_000 + world.random.below(9_000));
  }
  return counts;
};

const settled = async (
  { patienceMinutes }: SoakPlan,
  { stack, clusters, applications }: SoakWorld,
  teams: Teams,
  tell: Tell,
): Promise<Pick<SoakResult, "settledAfter" | "differences" | "notSynced">> => {
  const start = Date.now();
  for (let looks = 1; ; looks++) {
    const states = await readStates(
      stack.table,
      applications.map(({ name }) => name),
    );
    const notSynced = applications.flatMap(({ name }) => {
      const state = states.get(name);
      return state && isSynced(state) ? [] : [`${name}: ${state?.phase} ${state?.syncStatus} ${state?.reason ?? ""}`];
    });
    const wrong = notSynced.length === 0 ? await differences(clusters, applications, teams.wished()) : [];
    if (notSynced.length + wrong.length === 0) return { settledAfter: (Date.now() - start) / 1000, differences: [], notSynced: [] };
    if (Date.now() - start > patienceMinutes * 60_000)
      return { differences: await differences(clusters, applications, teams.wished()), notSynced };
    if (looks % 10 === 0) tell(`${notSynced.length} Applications not synced yet, ${wrong.length} objects differ`);
    await pause(2_000);
  }
};
