import { maxEventObjects } from "../model/event.ts";
import type { ObjectResult } from "../model/operation.ts";
import type { Change, Condition, WriteResult } from "../ports/table.ts";
import { announce } from "../state/announcing.ts";
import { type ApplicationState, tellsFailure } from "../state/application-state.ts";
import { storeBeyondEvent } from "../state/event-results.ts";
import { settleEntries } from "../state/inventories.ts";
import { nextEvent } from "../state/next-event.ts";
import { smallReason } from "../state/small.ts";
import { makeMove } from "../state/transitions.ts";
import { digestOfDrift } from "./as-told.ts";
import type { Judgement } from "./judge.ts";
import { gone, type Named, type NamingContext, nameDrift } from "./name-drift.ts";
import type { DriftWorld } from "./ports.ts";

/** Objects looked at more closely: an event names no more, and each costs a dry run. */
const mostNamed = maxEventObjects;

/**
 * Says once which fields of which object moved, from what to what, and who did it as far as the cluster knows. Keeps what it
 * was about, so that the same is not looked at again: see as-told.ts.
 * @returns whether there is any drift
 */
export const reportDrift = async (judgement: Judgement, context: NamingContext, world: DriftWorld): Promise<boolean> => {
  const { application, state } = context;
  const looked = judgement.moved.slice(0, mostNamed);
  const named = await nameDrift(looked, context, world);
  await settle(application.name, named, world);
  const results = [...judgement.missing.map(gone), ...named.flatMap((each) => (each.state === "drift" ? [each.result] : []))];
  if (results.length > 0) {
    const moved = judgement.moved.filter((_, at) => named[at]?.state !== "stands");
    const toldDrift = digestOfDrift({ missing: judgement.missing, moved }, context, world);
    await (state.drifted ? note(application.name, state, { set: { toldDrift } }, world) : tell(results, toldDrift, context, world));
    return true;
  }
  const allLooked = looked.length === judgement.moved.length && named.every((each) => each.state === "stands");
  if (state.drifted && allLooked && judgement.whole) await reportRestored(application.name, state, world);
  return false;
};

/** What moved in managedFields only is compared by what it is now: judged once, not at every scan. */
export const settle = async (application: string, named: readonly Named[], { table, artifacts }: DriftWorld): Promise<void> => {
  const settled = named.flatMap((each) => (each.state === "stands" ? [each] : []));
  if (settled.length > 0) await settleEntries(table, artifacts, application, settled);
};

const tell = async (
  results: readonly ObjectResult[],
  toldDrift: string,
  { application, state }: NamingContext,
  world: DriftWorld,
): Promise<void> => {
  const now = world.clock.now();
  const reason = results[0]?.message ?? `${results.length} objects drifted`;
  const said = nextEvent(application, state, { kind: "drift-found", reason, results, trigger: "schedule", now });
  const event = { ...said, ...(await storeBeyondEvent(world.artifacts, undefined, results)) };
  await announce(world, event, state.fence);
  const answer = await note(
    application.name,
    state,
    {
      set: {
        syncStatus: "OutOfSync",
        drifted: true,
        driftedAt: now,
        ...(!state.drifted && { undrifted: state.syncStatus }),
        toldDrift,
        ...(!tellsFailure(state) && { reason: smallReason(reason) }),
        events: state.events + 1,
      },
    },
    world,
  );
  if (!answer.written) return;
  world.journal.tell("drift-found", { application: application.name, cluster: state.cluster, reason });
};

/** What was told to have drifted stands as it was again: somebody put it back. */
export const reportRestored = async (name: string, state: ApplicationState, world: DriftWorld): Promise<void> => {
  const answer = await note(
    name,
    state,
    {
      set: { syncStatus: state.input === state.syncedInput ? (state.undrifted ?? "Synced") : "OutOfSync" },
      remove: ["drifted", "driftedAt", "undrifted", "toldDrift", ...(tellsFailure(state) ? [] : ["reason"])],
    },
    world,
  );
  if (answer.written) world.journal.tell("drift-gone", { application: name, cluster: state.cluster });
};

const note = (application: string, from: ApplicationState, change: Change, { table }: DriftWorld): Promise<WriteResult> =>
  makeMove(table, { application, move: "note", by: "scan", from, change, condition: unmoved(from) });

/** Nobody wished for anything, or is at work, since the state was read. */
const unmoved = ({ fence, desiredGeneration, drifted }: ApplicationState): Condition => ({
  fence: { equals: fence },
  owner: { absent: true },
  desiredGeneration: { equals: desiredGeneration },
  drifted: drifted ? { equals: true } : { absent: true },
});
