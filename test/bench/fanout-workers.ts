import { applications, fleetOfOnePath, withFleet } from "./fanout-500.ts";
import { configMap } from "./fleet.ts";
import { type BenchResult, goal, type Spread, spreadOf } from "./result.ts";

const rounds = 3;
/** A worker that died keeps its leases for a while, and sweeps bring its work back: minutes, not seconds. */
const patience = 400;

/** The commit that touches 500 Applications, under more than one process of the sync function, and with one of them killed half-way. */
export const fanoutWorkers = async (): Promise<readonly BenchResult[]> => {
  const undisturbed: Record<string, Spread> = {};
  for (const workers of [1, 2]) undisturbed[`${workers} of them`] = spreadOf((await measured(workers)).all);
  const { all, killed } = await measured(4, true);
  const most = spreadOf(killed);
  return [
    {
      name: "fanout-500-workers",
      unit: "s until all applied, 4 processes of sync",
      ours: spreadOf(all),
      others: { ...undisturbed, "4, one killed half-way": most },
      goals: [goal(`all ${applications} applied although one was killed`, killed.length, killed.length === rounds)],
    },
  ];
};

const measured = async (syncWorkers: number, kills = false) =>
  await withFleet(
    fleetOfOnePath(),
    async (stack, watch) => {
      const round = async (value: string, half: () => void): Promise<number> => {
        const start = await stack.push({ "web/settings.yaml": configMap(value) });
        await watch.reached(value, applications / 2, patience);
        half();
        const { last } = await watch.reached(value, applications, patience);
        return (last - start) / 1000;
      };
      const all: number[] = [];
      const killed: number[] = [];
      for (let at = 0; at < rounds; at++) {
        all.push(await round(`round-${at}`, () => {}));
        await stack.settled();
      }
      // What the dead one had taken stays hidden in the queue for a while: nobody waits for an empty queue here.
      for (let at = 0; kills && at < rounds; at++) killed.push(await round(`killed-${at}`, () => stack.functions.kill("sync")));
      return { all, killed };
    },
    { syncWorkers, ...(kills && { sweepEvery: 60 }) },
  );
