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
import { claimDueApplication, claimDueRef, type Due, readDue } from "../state/due.ts";
import { isUnreadable } from "../state/items.ts";
import { leaseTimes } from "../state/leases.ts";
import type { PushMessage, SyncMessage } from "../state/messages.ts";
import { readRef } from "../state/refs.ts";

export interface SweepWorld {
  readonly table: Table;
  readonly pushes: Queue<PushMessage>;
  readonly syncs: Queue<SyncMessage>;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** A hint that was lost, too, is sent again after this long. */
const resendAfter = 60_000;

/**
 * Sends one hint for everything that is due. Too many hints cost a look each; too few would cost correctness. Each is claimed first, so that a
 * schedule that fires twice, or a queue that is slow, does not multiply them.
 */
export const sweep = async (world: SweepWorld): Promise<void> => {
  const now = world.clock.now();
  const due = await readDue(world.table, now);
  const [refs, applications] = await Promise.all([claimRefs(due.refs, now, world), claimApplications(due.applications, now, world)]);
  const unresolved = applications.filter(({ state }) => isUnresolved(state));
  await world.pushes.send([
    ...refs.map(({ repository, ref }) => ({ body: { v: 1 as const, kind: "ref" as const, repository, ref }, group: repository })),
    ...unresolved.map(({ name, state }) => ({
      body: { v: 1 as const, kind: "application" as const, application: name },
      group: state.project,
    })),
  ]);
  await world.syncs.send(applications.filter(({ state }) => !isUnresolved(state)).map(({ name, state }) => look(name, state)));
  if (refs.length + applications.length > 0) world.journal.tell("swept", { refs: refs.length, applications: applications.length });
};

/** The index lags behind the table: what is not due any more is left alone. */
const claimApplications = async (names: readonly string[], now: number, world: SweepWorld) => {
  const { table, journal } = world;
  const states = await readStates(table, names, (application, { code, message }) =>
    journal.tell("scan-failed", { application, code, reason: message }),
  );
  const claimed = names.map((name) =>
    unlessUnreadable({ application: name }, world, async () => {
      const state = states.get(name);
      if (state?.dueAt === undefined || state.dueAt > now) return [];
      const next = now + resendAfter + (state.owner === undefined ? 0 : takeoverAfter);
      return (await claimDueApplication(table, name, state, { seen: state.dueAt, next })) ? [{ name, state }] : [];
    }),
  );
  return (await Promise.all(claimed)).flat();
};

const claimRefs = async (refs: Due["refs"], now: number, world: SweepWorld): Promise<Due["refs"]> => {
  const { table } = world;
  const claimed = refs.map((at) =>
    unlessUnreadable({ ...at }, world, async () => {
      const { dueAt } = await readRef(table, at.repository, at.ref);
      if (dueAt === undefined || dueAt > now) return [];
      return (await claimDueRef(table, at.repository, at.ref, { seen: dueAt, next: now + resendAfter })) ? [at] : [];
    }),
  );
  return (await Promise.all(claimed)).flat();
};

/** What cannot be read, or was written by a newer release just now, is told with each sweep: it stays due, and keeps nobody else from being sent. */
const unlessUnreadable = async <T>(
  about: Readonly<Record<string, string>>,
  { journal }: SweepWorld,
  claim: () => Promise<readonly T[]>,
): Promise<readonly T[]> => {
  try {
    return await claim();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    journal.tell("scan-failed", { ...about, code: error.code, reason: error.message });
    return [];
  }
};

const takeoverAfter = leaseTimes.length + leaseTimes.margin;

/** Declared or changed, and fetch has not said yet what that means. */
const isUnresolved = (state: ApplicationState): boolean => isDirty(state) && state.input === undefined && state.removal === undefined;

/** A holder may have died: whoever gets this a lease time later takes over what has not moved until then. */
const look = (application: string, state: ApplicationState): Outgoing<SyncMessage> => {
  const body = { v: 1 as const, application };
  if (state.owner === undefined) return { body, group: state.project };
  const saw = { fence: state.fence, beat: state.beat };
  return { body: { ...body, saw }, delaySeconds: takeoverAfter / 1000, group: state.project };
};
