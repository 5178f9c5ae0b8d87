import type { ApplicationState } from "../state/application-state.ts";

export type Rollback = NonNullable<ApplicationState["rollback"]>;

/** A rollback holds as long as Git wants what it was made against: a newer commit ends it, under auto-sync, too. */
export const rollbackInForce = ({ rollback, input }: ApplicationState): Rollback | undefined =>
  rollback !== undefined && rollback.insteadOf === input ? rollback : undefined;

export const rollbackReason = ({ to, by }: Rollback): string =>
  `${by} rolled it back to entry ${to} of its history; Git still says otherwise`;
