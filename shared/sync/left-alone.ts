import { skipAnnotation } from "../argocd/skip-reconcile.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { longestDelay } from "../state/messages.ts";
import type { Operation } from "../state/operations.ts";
import { standingOf } from "../state/transitions/states.ts";
import { makeMove } from "../state/transitions.ts";
import type { NextStep, Outcome } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";

/** Milliseconds between two looks at one that is withdrawn. */
const withdrawnEvery = 3_600_000;

/**
 * An Application whose annotation says to leave it alone: it stays as it is, whatever is wished for, its deletion with its objects included. An
 * operation under way stands still. A declaration without the annotation is a wish of its own.
 */
export const leftAlone = ({ removal, syncStatus, health }: ApplicationState, operation: Operation | undefined, now: number): Outcome => {
  const what = removal === undefined ? "nothing is compared or synced" : "its objects are not deleted";
  const reason = `annotation ${skipAnnotation} is set: ${what} until it is declared without`;
  if (operation) return { kind: "running", operation, seconds: longestDelay, reason };
  // No declaration may ever come: somebody asks now and then.
  const again = removal === undefined ? undefined : now + withdrawnEvery;
  return { kind: "compared", syncStatus, health, reason, again };
};

/** Nobody looks at its health while it is left alone, so no hint is sent again: a declaration without the annotation is the next to wake it. */
export const leaveSettling = async (
  application: string,
  state: ApplicationState,
  { table }: Pick<SyncWorld, "table">,
): Promise<NextStep> => {
  const condition = {
    fence: { equals: state.fence },
    owner: { absent: true as const },
    desiredGeneration: { equals: state.desiredGeneration },
  };
  if (standingOf(state) === "settling")
    await makeMove(table, { application, move: "look", by: "health", from: state, change: { remove: ["dueAt", "dueShard"] }, condition });
  return { done: true };
};
