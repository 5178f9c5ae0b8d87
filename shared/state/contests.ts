import type { ApplicationState } from "./application-state.ts";

/**
 * Applications that have something which Git wants for another one, and what they wanted themselves when that one looked. What was left to them is in
 * no inventory of the other: once one of them goes, or wants other things, it looks again.
 */
export type Contested = Readonly<Record<string, string>>;

/** Beyond so many the rest is left to the next look: every write of a state pays for what stands in it. */
const most = 20;

/** Characters of a digest: enough to see that it is another one. */
const told = 12;

export const contestedBy = (owners: readonly string[], states: ReadonlyMap<string, ApplicationState>): Contested =>
  Object.fromEntries(owners.slice(0, most).map((owner) => [owner, standOf(states.get(owner))]));

const standOf = (state: ApplicationState | undefined): string => {
  if (state === undefined) return "gone";
  if (state.removal !== undefined) return "leaving";
  // While a rollback is in force it is what stands.
  return (state.rollback?.output ?? state.input ?? "").slice(0, told);
};

/** Whether one of them may have given up since what it had. */
export const hasMoved = (contested: Contested, states: ReadonlyMap<string, ApplicationState>): boolean =>
  Object.entries(contested).some(([owner, stood]) => standOf(states.get(owner)) !== stood);
