/**
 * The scan stage: what no push causes. The sweeper sends again what should have moved by now, because a hint was lost or a holder died; the
 * poller looks for pushes whose webhook never came.
 */
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Outgoing, Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { isDirty, readStates } from "../state/application-state.ts";
import { readDue } from "../state/due.ts";
import { leaseTimes } from "../state/leases.ts";
import type { PushMessage, SyncMessage } from "../state/messages.ts";

export interface SweepWorld {
  readonly table: Table;
  readonly pushes: Queue<PushMessage>;
  readonly syncs: Queue<SyncMessage>;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Sends one hint for everything that is due. Too many hints cost a look each; too few would cost correctness. */
export const sweep = async (world: SweepWorld): Promise<void> => {
  const due = await readDue(world.table, world.clock.now());
  const states = await readStates(world.table, due.applications);
  const lookedAt = due.applications.flatMap((name) => {
    const state = states.get(name);
    return state ? [{ name, state }] : [];
  });
  const unresolved = lookedAt.filter(({ state }) => isUnresolved(state));
  await world.pushes.send([
    ...due.refs.map(({ repository, ref }) => ({ body: { v: 1 as const, kind: "ref" as const, repository, ref } })),
    ...unresolved.map(({ name }) => ({ body: { v: 1 as const, kind: "application" as const, application: name } })),
  ]);
  await world.syncs.send(lookedAt.filter(({ state }) => !isUnresolved(state)).map(({ name, state }) => look(name, state)));
  if (due.refs.length + lookedAt.length > 0) world.journal.tell("swept", { refs: due.refs.length, applications: lookedAt.length });
};

/** Declared or changed, and fetch has not said yet what that means. */
const isUnresolved = (state: ApplicationState): boolean => isDirty(state) && state.input === undefined && state.removal === undefined;

/** A holder may have died: whoever gets this a lease time later takes over what has not moved until then. */
const look = (application: string, state: ApplicationState): Outgoing<SyncMessage> => {
  const body = { v: 1 as const, application };
  if (state.owner === undefined) return { body, group: state.project };
  const saw = { fence: state.fence, beat: state.beat };
  return { body: { ...body, saw }, delaySeconds: (leaseTimes.length + leaseTimes.margin) / 1000, group: state.project };
};
