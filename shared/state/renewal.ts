import type { Application } from "../model/application.ts";
import { Failure } from "../model/failure.ts";
import { defaultProject } from "../model/project.ts";
import type { Queue } from "../ports/queue.ts";
import type { Condition, Table } from "../ports/table.ts";
import { type ApplicationState, readStates } from "./application-state.ts";
import { readApplication } from "./applications.ts";
import { currentEpoch, type EpochWorld, raiseMark, recordRenewed } from "./epochs.ts";
import { dueShardOf, keys } from "./items.ts";
import type { PushMessage } from "./messages.ts";
import { makeMove } from "./transitions.ts";
import { wish } from "./wishes.ts";

/**
 * What an Application goes through in the epoch after a restore. Renewed: the sources are read again, what was asked or under way is over, its fence
 * is beyond that of every holder from before. Unproven: Git was read; it is compared with its cluster, and synced, and nothing is pruned. Proven: the
 * cluster was searched for all that is its own; it is as any other.
 */
export const epochOf = ({ epoch = 1 }: ApplicationState): number => epoch;

/** Why nothing is done yet. */
const awaitingGit = "the table was restored from a backup: the sources are read again before anything is done";

export const isAwaitingGit = ({ sourceError }: ApplicationState): boolean => sourceError === awaitingGit;

/** Begins every fence of an epoch: beyond all that one epoch can count up to. */
const fenceOf = (epoch: number): number => epoch * 1_000_000_000;

const resendAfter = 60_000;

/** What was wished for, asked or planned before; what Git wants of it comes again. */
const outdated = [
  "requested",
  "asked",
  "terminate",
  "approval",
  "removal",
  "step",
  "retryAt",
  "againAt",
  "drifted",
  "driftedAt",
  "undrifted",
  "searched",
] as const;

/**
 * Makes an Application one of this epoch; nothing is written for one that is. One that is being forgotten goes on: all that was its own is gone. A
 * holder from before is fenced off; the next one waits a lease time for its requests to end.
 */
export const renew = async (
  table: Table,
  application: string,
  { state, epoch, at }: { readonly state: ApplicationState; readonly epoch: number; readonly at: number },
): Promise<boolean> => {
  if (epochOf(state) === epoch || state.forgetting) return false;
  const before: Condition = { epoch: state.epoch === undefined ? { absent: true } : { equals: state.epoch } };
  // Declared in this epoch, by a name that was forgotten in it.
  const isBeyond = state.fence >= fenceOf(epoch);
  const answer = await makeMove(table, {
    application,
    move: "renew",
    by: "sweep",
    from: state,
    change: {
      add: { desiredGeneration: 1, evaluations: 1, beat: 1, ...(isBeyond && { fence: 1 }) },
      set: {
        epoch,
        unproven: true,
        ...(!isBeyond && { fence: fenceOf(epoch) }),
        sourceError: awaitingGit,
        trigger: "registry",
        desiredAt: at,
        dueShard: dueShardOf(application),
        dueAt: at + resendAfter,
        ...((state.phase === "Running" || state.phase === "Terminating") && { phase: "Failed" }),
      },
      remove: outdated,
    },
    condition: { v: { present: true }, forgetting: { absent: true }, ...before },
  });
  // Whoever withdrew it looks again whether it is still to go.
  if (answer.written && state.removal !== undefined) await wakeParent(table, application, at);
  return answer.written;
};

const wakeParent = async (table: Table, application: string, at: number): Promise<void> => {
  const { parent } = (await readApplication(table, application)) ?? {};
  if (parent !== undefined) await wish(table, parent, { trigger: "registry" }, at);
};

/** The cluster was searched, and its inventory is whole: pruning is allowed. False when somebody was at work meanwhile. */
export const prove = async (table: Table, application: string, state: ApplicationState, at: number): Promise<boolean> => {
  const answer = await makeMove(table, {
    application,
    move: "prove",
    by: "scan",
    from: state,
    change: {
      add: { desiredGeneration: 1 },
      set: { searched: true, desiredAt: at, dueShard: dueShardOf(application), dueAt: at + resendAfter },
      remove: ["unproven"],
    },
    condition: {
      unproven: { present: true },
      owner: { absent: true },
      fence: { equals: state.fence },
      desiredGeneration: { equals: state.desiredGeneration },
    },
  });
  return answer.written;
};

/** Before anything is deleted. Throws LeaseLost where the table went back since the Application was looked at: nothing that was read counts. */
export const checkEpoch = async ({ name }: Application, state: ApplicationState, world: EpochWorld): Promise<void> => {
  if ((await currentEpoch(world)) === epochOf(state)) return;
  throw new Failure("LeaseLost", name, `the table was restored from a backup while ${name} was being synced; it is looked at again`);
};

/** Applications that a sweep renews: each is fetched, rendered and compared anew, so they come at a pace. */
const perSweep = 500;

/** Keeps the mark rising, and in a new epoch renews all Applications, some with every sweep. */
export const keepEpoch = async (world: EpochWorld & { readonly pushes: Queue<PushMessage> }): Promise<void> => {
  const { table, clock, journal } = world;
  const known = await raiseMark(world);
  if (known.renewed === undefined) return;
  const { renewed } = known;
  const page = await table.query({ pk: keys.listed("").pk, limit: perSweep, ...(renewed !== "" && { cursor: renewed }) });
  const names = page.items.map(({ sk }) => sk);
  const states = await readStates(table, names, (application, { code, message }) =>
    journal.tell("scan-failed", { application, code, reason: message }),
  );
  for (const [name, state] of states) await renew(table, name, { state, epoch: known.epoch, at: clock.now() });
  const projectOf = (name: string) => states.get(name)?.project ?? defaultProject;
  await world.pushes.send(
    names.map((application) => ({ body: { v: 1, kind: "application", application }, group: projectOf(application) })),
  );
  await recordRenewed(table, known, page.cursor);
};
