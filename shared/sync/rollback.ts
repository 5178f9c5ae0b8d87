import type { ApplicationState } from "../state/application-state.ts";
import type { Operation } from "../state/operations.ts";

export type Rollback = NonNullable<ApplicationState["rollback"]>;

/** A rollback holds as long as Git wants what it was made against: a newer commit ends it, under auto-sync, too. */
export const rollbackInForce = ({ rollback, input }: ApplicationState): Rollback | undefined =>
  rollback !== undefined && rollback.insteadOf === input ? rollback : undefined;

/** What a sync to another revision that a person asked for leaves: it holds off what Git wants as a rollback does. */
export const heldByRequest = (
  { input, asked }: Pick<ApplicationState, "input" | "asked">,
  operation: Pick<Operation, "input" | "request"> | undefined,
  output: string,
): Rollback | undefined => {
  const { revision, resources, by = "" } = operation?.request ?? {};
  if (revision === undefined || resources !== undefined || input === undefined || operation?.input !== input) return undefined;
  const known = asked?.revision === revision ? asked : undefined;
  if (known?.input === input) return undefined;
  return { to: revision, output, insteadOf: input, by, toRevision: true, ...(known?.sha !== undefined && { revision: known.sha }) };
};

export const rollbackReason = ({ to, by, toRevision }: Rollback): string =>
  `${by} ${toRevision ? `synced it to revision ${to}` : `rolled it back to entry ${to} of its history`}; Git still says otherwise`;
