import { addCounts, countResults, noCounts, toldResults } from "../../model/event.ts";
import type { ObjectResult } from "../../model/operation.ts";
import type { ApplicationState } from "../../state/application-state.ts";
import { type Operation, readOperation } from "../../state/operations.ts";
import { attemptOf } from "../outcome.ts";
import type { SyncWorld } from "../ports.ts";

export interface Beginning {
  readonly output: string;
  readonly healing: boolean;
  /** ms since 1970 */
  readonly now: number;
  readonly pruneWaves?: readonly number[];
}

/** A new operation for what is wished for now. Its id is the same for everyone who begins it from that state. */
export const beginOperation = (state: ApplicationState, { output, healing, now, pruneWaves }: Beginning): Operation => ({
  id: idOf(state),
  generation: state.desiredGeneration,
  attempt: attemptOf(state),
  ...(state.input !== undefined && { input: state.input }),
  output,
  ...(state.requested && { request: state.requested }),
  healing,
  ...(pruneWaves && { pruneWaves: [...pruneWaves] }),
  startedAt: now,
  hooks: [],
  ended: [],
  counts: noCounts,
  objects: [],
});

const idOf = (state: ApplicationState): string => `${state.desiredGeneration}.${attemptOf(state)}`;

/**
 * The operation that is under way. A worker that died in its first step left it behind before the state could say so: it is found when its lease is
 * taken over.
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
  return operation && (running || operation.id === idOf(state)) ? operation : undefined;
};

/** With what another step did: all of it is counted, and what was not unchanged is kept. */
export const withResults = (operation: Operation, results: readonly ObjectResult[]): Operation => ({
  ...operation,
  counts: addCounts(operation.counts, countResults(results)),
  objects: [...operation.objects, ...toldResults(results)],
});
