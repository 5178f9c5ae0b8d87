import type { CommitFacts, Trigger } from "../model/operation.ts";
import type { Change, Condition, Table, WriteResult } from "../ports/table.ts";
import type { ApplicationState } from "./application-state.ts";
import { replacing } from "./change.ts";
import { standsAt } from "./counter.ts";
import { dueShardOf } from "./items.ts";
import { forgetSelection, withStoredSelection } from "./selections.ts";
import { smallCommit, smallReason } from "./small.ts";
import { plainRequest } from "./sync-requests.ts";
import type { Actor, Move } from "./transitions/table.ts";
import { makeMove } from "./transitions.ts";

/** After this long without anyone acting on a wish, the sweeper sends the hint again. */
const resendAfter = 60_000;

export interface DesiredInput {
  readonly input: string;
  readonly revisions: readonly { readonly repoURL: string; readonly sha: string }[];
  readonly commit?: CommitFacts | undefined;
  readonly pusher?: string | undefined;
  readonly trigger: Trigger;
  /** ms since 1970 */
  readonly at: number;
  /** `evaluations` as it was before refs were looked at: whoever changed it since may have seen newer ones. */
  readonly evaluations?: number;
}

export type WishAnswer = "raised" | "unchanged" | "gone" | "overtaken";

const notOvertaken = (evaluations: number | undefined): Condition =>
  evaluations === undefined ? {} : { evaluations: standsAt(evaluations) };

/** Fetch found another input. Nothing is written when it is the one already wished for. */
export const wishInput = async (table: Table, application: string, desired: DesiredInput): Promise<WishAnswer> => {
  // A rollback ends here for good: back to the input it was made against, later, is a new wish, too.
  const answer = await fetched(table, application, towards(application, desired, ["rollback"]), {
    input: { differs: desired.input },
    ...notOvertaken(desired.evaluations),
  });
  if (answer.written) return "raised";
  if (!answer.found) return "gone";
  if (answer.found.input !== desired.input) return "overtaken";
  if (answer.found.sourceError === undefined) return "unchanged";
  return wishRepaired(table, application, desired);
};

/** Back to the input that was there before the sources broke: told, with the commit that mended them, and compared anew. */
const wishRepaired = async (table: Table, application: string, desired: DesiredInput): Promise<WishAnswer> => {
  const answer = await fetched(table, application, towards(application, desired), notOvertaken(desired.evaluations));
  if (answer.written) return "raised";
  return answer.found ? "overtaken" : "gone";
};

const fetched = (table: Table, application: string, change: Change, condition: Condition): Promise<WriteResult> =>
  makeMove(table, { application, move: "wish", by: "fetch", change, condition: { v: { present: true }, ...condition } });

const towards = (application: string, desired: DesiredInput, ended: readonly string[] = []): Change => ({
  add: { desiredGeneration: 1, evaluations: 1 },
  ...replacing(
    {
      input: desired.input,
      revisions: desired.revisions,
      commit: desired.commit && smallCommit(desired.commit),
      pusher: desired.pusher,
      trigger: desired.trigger,
      desiredAt: desired.at,
      dueShard: dueShardOf(application),
      dueAt: desired.at + resendAfter,
    },
    ["sourceError", "drifted", "driftedAt", "undrifted", "selfHealAttempts", ...ended],
  ),
});

/** Fetch could not evaluate the sources; sync tells people and leaves the cluster as it is. */
export const wishFailed = async (
  table: Table,
  application: string,
  failure: Pick<DesiredInput, "commit" | "pusher" | "trigger" | "at" | "evaluations"> & { readonly reason: string },
): Promise<WishAnswer> => {
  const sourceError = smallReason(failure.reason);
  const answer = await fetched(
    table,
    application,
    {
      add: { desiredGeneration: 1, evaluations: 1 },
      ...replacing({
        sourceError,
        commit: failure.commit && smallCommit(failure.commit),
        pusher: failure.pusher,
        trigger: failure.trigger,
        desiredAt: failure.at,
        dueShard: dueShardOf(application),
        dueAt: failure.at + resendAfter,
      }),
    },
    { sourceError: { differs: sourceError }, ...notOvertaken(failure.evaluations) },
  );
  if (answer.written) return "raised";
  if (!answer.found) return "gone";
  return answer.found.sourceError === sourceError ? "unchanged" : "overtaken";
};

/** What another revision came to that somebody asked to sync to; no wish of its own: theirs is still open. */
export const noteAsked = async (table: Table, application: string, asked: NonNullable<ApplicationState["asked"]>): Promise<void> => {
  const said = { ...asked, ...(asked.problem !== undefined && { problem: smallReason(asked.problem) }) };
  await makeMove(table, { application, move: "wish", by: "fetch", change: { set: { asked: said } }, condition: { v: { present: true } } });
};

type Wish = {
  readonly [F in
    | "requested"
    | "terminate"
    | "rollback"
    | "asked"
    | "drifted"
    | "selfHealAttempts"
    | "approval"
    | "removal"
    | "trigger"
    | "input"
    | "sourceError"]?: ApplicationState[F] | undefined;
};

/** Any other wish: a person's sync, drift, an approval, a removal, a changed declaration. What is named and undefined is gone afterwards. */
export const wish = async (table: Table, application: string, change: Wish, at: number): Promise<"raised" | "gone"> => {
  const requested = change.requested && (await withStoredSelection(table, application, change.requested, at));
  const wished = { ...change, ...(requested && { requested: plainRequest(requested) }) };
  const answer = await makeMove(table, {
    application,
    ...moveOf(change),
    change: {
      add: { desiredGeneration: 1 },
      ...replacing({ ...wished, desiredAt: at, dueShard: dueShardOf(application), dueAt: at + resendAfter }),
    },
    condition: { v: { present: true } },
  });
  if (!answer.written) await forgetSelection(table, application, requested?.resources);
  return answer.written ? "raised" : "gone";
};

const moveOf = ({ removal, terminate, trigger }: Wish): { readonly move: Move; readonly by: Actor } => {
  if (removal !== undefined) return { move: "withdraw", by: "registry" };
  if (terminate !== undefined) return { move: "terminate", by: "person" };
  return { move: "wish", by: trigger === undefined ? "scan" : wishers[trigger] };
};

const wishers: Readonly<Record<Trigger, Actor>> = {
  push: "fetch",
  schedule: "fetch",
  manual: "person",
  "self-heal": "scan",
  registry: "registry",
};
