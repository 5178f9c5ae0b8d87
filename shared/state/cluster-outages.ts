import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Outgoing, Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import { type ApplicationState, isDirty, readStates } from "./application-state.ts";
import { applicationsOfCluster, markReachable, markUnreachable } from "./clusters.ts";
import { longestDelay, type SyncMessage } from "./messages.ts";
import { expectWaiting, holdOff, letThrough, noteWaiting } from "./slots.ts";
import { wish } from "./wishes.ts";

interface OutageWorld {
  readonly table: Table;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Nobody goes to the cluster from now on, but one at a time who looks whether it is back. Told once, whoever finds it out. */
export const clusterIsAway = async (cluster: string, reason: string, { table, clock, journal }: OutageWorld): Promise<void> => {
  const now = clock.now();
  if (await markUnreachable(table, cluster, { since: now, error: reason })) journal.tell("cluster-unreachable", { cluster, reason });
  await holdOff(table, cluster, { since: now, reason });
};

/** It answers again: told once, and what waited for it is sent there, spread over the seconds in which so many can be served. */
export const clusterIsBack = async (
  cluster: string,
  servingTime: (applications: number) => number,
  world: OutageWorld & { readonly syncs: Queue<SyncMessage> },
): Promise<void> => {
  const { table, clock, journal } = world;
  const now = clock.now();
  const wasHeldOff = await letThrough(table, cluster);
  const awaySince = await markReachable(table, cluster, now);
  if (!wasHeldOff && awaySince === undefined) return;
  journal.tell("cluster-back", { cluster, downSeconds: Math.round((now - (awaySince ?? now)) / 1000) });
  let sent = 0;
  for await (const applications of applicationsOfCluster(table, cluster)) {
    const waiting = await waitingOf(applications, world);
    const hints = waiting.map((hint, at) => ({
      ...hint,
      delaySeconds: Math.min(longestDelay, Math.floor(servingTime(sent + at))),
    }));
    // Whoever is first must know that the others come.
    if (hints.length > 0) await (sent === 0 ? expectWaiting : noteWaiting)(table, cluster, hints.length);
    await world.syncs.send(hints);
    sent += waiting.length;
  }
};

/** They count among those who wait for a slot, as if they had asked for one in vain. */
const counted = { seconds: 0, saw: {}, counted: true } as const;

/** Hints for those that have something to do there; what failed meanwhile need not wait for its next try. */
const waitingOf = async (names: readonly string[], { table, clock }: OutageWorld): Promise<readonly Outgoing<SyncMessage>[]> => {
  const states = await readStates(table, names, () => undefined);
  const waiting = names.flatMap((name) => {
    const state = states.get(name);
    return state && isWaiting(state) ? [{ name, state }] : [];
  });
  for (const { name, state } of waiting) if (state.retryAt !== undefined) await wish(table, name, {}, clock.now());
  return waiting.map(({ name, state }) => ({ body: { v: 1 as const, application: name, waits: counted }, group: state.project }));
};

const isWaiting = (state: ApplicationState): boolean =>
  isDirty(state) || state.retryAt !== undefined || state.phase === "Running" || state.health === "Progressing";
