import { addCounts, countResults, noCounts, toldResults } from "../../model/event.ts";
import type { ObjectResult } from "../../model/operation.ts";
import type { ApplicationState } from "../../state/application-state.ts";
import { keys } from "../../state/items.ts";
import { askedSha } from "../../state/next-event.ts";
import { type Operation, readOperation } from "../../state/operations.ts";
import { triesOf } from "../outcome.ts";
import type { SyncWorld } from "../ports.ts";
import { rollbackInForce } from "../rollback.ts";

export interface Beginning {
  readonly output: string;
  readonly place: NonNullable<Operation["place"]>;
  readonly healing: boolean;
  /** ms since 1970 */
  readonly now: number;
  readonly pruneWaves?: readonly number[];
}

/**
 * A new operation for what is wished for now. When it began is part of its id: generations begin anew with an Application that is forgotten and
 * declared again, and hooks of the earlier one may still be there.
 */
export const beginOperation = (state: ApplicationState, { output, place, healing, now, pruneWaves }: Beginning): Operation => ({
  id: `${servesOf(state)}${now}`,
  generation: state.desiredGeneration,
  ...triesOf(state),
  ...(state.input !== undefined && { input: state.input }),
  output,
  place,
  ...(state.requested && { request: state.requested }),
  healing,
  ...(pruneWaves && { pruneWaves: [...pruneWaves] }),
  revision: revisionOf(state),
  startedAt: now,
  hooks: [],
  ended: [],
  counts: noCounts,
  objects: [],
});

const servesOf = (state: ApplicationState): string => `${state.desiredGeneration}.${triesOf(state).attempt}.`;

/** Commits that arrive while it is under way are not its own. */
const revisionOf = (state: ApplicationState): string => {
  const rollback = rollbackInForce(state);
  return askedSha(state) ?? (rollback ? rollback.revision : state.revisions[0]?.sha) ?? "";
};

/**
 * The operation that is under way. A worker that died in its first step left it behind before the state could say so: it is found when its lease is
 * taken over, whatever is wished for by then, because no step that came to its end has a fence as high.
 */
export const operationUnderWay = async (
  application: string,
  state: ApplicationState,
  takenOver: boolean,
  { table }: Pick<SyncWorld, "table">,
): Promise<Operation | undefined> => {
  const running = state.phase === "Running";
  if (!running && !takenOver) return undefined;
  const operation = await readOperation(table, application);
  if (!operation || running || operation.id.startsWith(servesOf(state))) return operation;
  const fence = (await table.get(keys.operation(application)))?.fence;
  return typeof fence === "number" && fence > (state.released ?? state.fence - 2) ? operation : undefined;
};

/** With what another step did: all of it is counted, and what was not unchanged is kept. */
export const withResults = (operation: Operation, results: readonly ObjectResult[]): Operation => ({
  ...operation,
  counts: addCounts(operation.counts, countResults(results)),
  objects: [...operation.objects, ...toldResults(results)],
});
