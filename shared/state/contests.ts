import type { ApplicationState } from "./application-state.ts";

/**
 * Applications that have something which Git wants for another one, and what they wanted themselves when that one looked. What was left to them is in
 * no inventory of the other: once one of them goes, or wants other things, it looks again.
 */
export type Contested = Readonly<Record<string, string>>;

/** Beyond so many the rest is left to the next look. */
const most = 20;

export const contestedBy = (owners: readonly string[], states: ReadonlyMap<string, ApplicationState>): Contested =>
  Object.fromEntries(owners.slice(0, most).map((owner) => [owner, standOf(states.get(owner))]));

const standOf = (state: ApplicationState | undefined): string => {
  if (state === undefined) return "gone";
  return state.removal === undefined ? (state.input ?? "") : "leaving";
};

/** Whether one of them may have given up since what it had. */
export const hasMoved = (contested: Contested, states: ReadonlyMap<string, ApplicationState>): boolean =>
  Object.entries(contested).some(([owner, stood]) => standOf(states.get(owner)) !== stood);
