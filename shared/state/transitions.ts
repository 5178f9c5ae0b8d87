/**
 * Every write of an Application's state item. A move is one conditional update; `transitions/table.ts` says which moves there are, who makes
 * them and where from. One that is not there is an error before anything is written.
 */

import { Failure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { Change, Condition, Table, WriteResult } from "../ports/table.ts";
import { type ApplicationState, StateItem } from "./application-state.ts";
import { keys, readItem } from "./items.ts";
import { nextLookAt, type State, standingOf } from "./transitions/states.ts";
import { type Actor, type Move, mayMake, waysOf } from "./transitions/table.ts";

export interface Transition {
  readonly application: string;
  readonly move: Move;
  readonly by: Actor;
  /**
   * The state that the writer read, when it did; the condition says what of it must still stand. A writer that reads nothing leaves it out: its
   * condition keeps it from where it must not write.
   */
  readonly from?: ApplicationState;
  readonly change: Change;
  readonly condition: Condition;
}

/** One conditional update. Throws TransitionImpossible, with nothing written, where the table of moves does not have it. */
export const makeMove = async (table: Table, { application, move, by, from, change, condition }: Transition): Promise<WriteResult> => {
  if (from) checkFrom({ application, move, by }, from, changed(from, change));
  else if (!mayMake(move, by)) throw impossible({ application, move, by }, "any state", "another");
  return table.update(keys.state(application), change, condition);
};

/** The last move of all: the item goes. */
export const bury = async (table: Table, application: string, from: ApplicationState, condition: Condition): Promise<WriteResult> => {
  check({ application, move: "bury", by: "holder" }, standingOf(from), "gone");
  return table.delete(keys.state(application), condition);
};

type Attempted = Pick<Transition, "application" | "move" | "by">;

const check = (attempted: Attempted, from: State, to: State): void => {
  const { move, by } = attempted;
  if (!mayMake(move, by) || !waysOf(move, from).includes(to)) throw impossible(attempted, from, to);
};

/** Where somebody waits for it, somebody must come: only whoever took it as it was left need not say when. */
const checkFrom = (attempted: Attempted, before: ApplicationState, after: ApplicationState): void => {
  const [from, to] = [standingOf(before), standingOf(after)];
  check(attempted, from, to);
  const isLeft = nextLookAt[to] === "its time" && after.dueAt === undefined;
  if (isLeft && (before.dueAt !== undefined || attempted.move === "release")) throw unwatched(attempted, from, to);
};

const unwatched = ({ application, move, by }: Attempted, from: State, to: State): Failure =>
  new Failure(
    "TransitionImpossible",
    application,
    `${by} cannot ${move} Application ${application} from "${from}" to "${to}" with no time at which anybody looks; nothing was written: report what led there`,
  );

const impossible = ({ application, move, by }: Attempted, from: string, to: string): Failure =>
  new Failure(
    "TransitionImpossible",
    application,
    `${by} cannot ${move} Application ${application} from "${from}" to "${to}"; nothing was written: look at it again, and report what led there`,
  );

/** What would stand there if nobody came between. */
const changed = (before: ApplicationState, { set = {}, add = {}, remove = [] }: Change): ApplicationState => {
  const fields: Record<string, Json | undefined> = JSON.parse(JSON.stringify(before));
  for (const name of remove) delete fields[name];
  for (const [name, value] of Object.entries(set)) if (value !== undefined) fields[name] = value;
  for (const [name, by] of Object.entries(add)) fields[name] = Number(fields[name] ?? 0) + by;
  return readItem(StateItem, { ...fields, ...keys.state("it"), v: 1 });
};
