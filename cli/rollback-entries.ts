import type { ApplicationEvent } from "../shared/model/event.ts";
import type { ApplicationState } from "../shared/state/application-state.ts";
import type { Operation } from "../shared/state/operations.ts";

/** Operations that applied all of their manifests. */
export const canRollBackTo = ({ kind, manifests }: ApplicationEvent): boolean =>
  manifests !== undefined && (kind === "synced" || kind === "drift-healed");

const isFailed = ({ phase }: ApplicationState): boolean => phase === "Failed" || phase === "Error";

/** Digest of what was applied last, wholly or in part; `running`: of the operation that is under way. `events`: newest first. */
export const outputNow = (
  state: ApplicationState,
  events: readonly ApplicationEvent[],
  running: Pick<Operation, "output"> | undefined,
): string | undefined => {
  if (state.phase === "Running") return running?.output;
  return isFailed(state) ? events.find(({ kind }) => kind === "failed")?.manifests : state.syncedOutput;
};

/**
 * What a rollback without an entry goes to: the newest operation that went well before the present one, and applied something else. Where one was
 * rolled back already, the next goes further back. `now`: what `outputNow` answers. `events`: newest first.
 */
export const entryBefore = (
  state: ApplicationState,
  events: readonly ApplicationEvent[],
  now: string | undefined,
): ApplicationEvent | undefined => {
  const rolledBackTo = state.rollback?.insteadOf === state.input ? state.rollback?.to : undefined;
  const older = rolledBackTo === undefined ? events : events.filter(({ id }) => Number(id) < Number(rolledBackTo));
  return older.find((event) => canRollBackTo(event) && event.manifests !== now);
};
