import type { Failure } from "../model/failure.ts";
import { sideBySide } from "../model/side-by-side.ts";
import {
  admitReach,
  applicationsOfGroup,
  type Evaluated,
  forgetReach,
  groupsOf,
  noteUnread,
  recordReach,
  type SourceGroup,
} from "../state/groups.ts";
import type { FetchWorld } from "./ports.ts";
import type { FetchSession } from "./session.ts";
import { type PushFacts, type Settled, settleApplications } from "./settle.ts";

/** Groups whose members are looked up, and whose reach is written, side by side. */
const width = 16;

export interface GroupsEvaluated {
  readonly state: "settled" | "overtaken";
  /** Applications of which the input changed. */
  readonly raised: readonly string[];
  /** What came of each Application. */
  readonly each: readonly Settled[];
}

/**
 * Evaluates all Applications of the groups, each once, and writes down what was looked at: first every wish, then the reaches, so that a
 * crash between repeats an evaluation which then changes nothing. One Application that cannot be evaluated now delays no other.
 * @throws Failure, retryable, of such an Application, when all others are done
 */
export const evaluateGroups = async (
  groups: readonly SourceGroup[],
  facts: PushFacts,
  session: FetchSession,
  world: FetchWorld,
): Promise<GroupsEvaluated> => {
  const members = await sideBySide(groups, width, async (group) => ({ group, names: await applicationsOfGroup(world.table, group) }));
  const unreadable = new Map<string, Failure>();
  const note = (name: string, failure: Failure) => void unreadable.set(name, failure);
  const settled = await settleApplications([...new Set(members.flatMap(({ names }) => names))], facts, session, world, note);
  const known = new Map(settled.map((each) => [each.application.name, each]));
  await sideBySide(members, width, async ({ group, names }) => {
    const evaluated = names.flatMap((name) => known.get(name) ?? []);
    const isWhole = names.every((name) => !unreadable.has(name));
    const whole = isWhole ? reachOfGroup(group, evaluated) : undefined;
    if (whole) await recordReach(world.table, group, whole);
    else if (isWhole && evaluated.some(isUnread)) await noteUnread(world.table, group, evaluated.some(toldUnread));
    else if ((group.reach ?? group.unread) !== undefined && mustBeLookedAt(evaluated, isWhole)) await forgetReach(world.table, group);
  });
  for (const failure of unreadable.values()) throw failure;
  for (const { evaluation } of settled) if (evaluation.kind === "postponed") throw evaluation.failure;
  return {
    state: settled.some(({ answer }) => answer === "overtaken") ? "overtaken" : "settled",
    raised: settled.flatMap(({ answer, application }) => (answer === "raised" ? [application.name] : [])),
    each: settled,
  };
};

/** An Application that was evaluated for itself: what it looked at becomes part of what its groups watch. */
export const admitToGroups = async (settled: Settled, world: FetchWorld): Promise<void> => {
  for (const [index, group] of groupsOf(settled.application).entries()) {
    if (isUnread(settled)) await noteUnread(world.table, group, toldUnread(settled));
    const looked = lookedAt(settled, index);
    if (looked) await admitReach(world.table, group, settled.application.name, looked);
  }
};

/** Together what all members looked at. What broke before it was read is looked at again with every push until it works. */
const reachOfGroup = (group: SourceGroup, members: readonly Settled[]): ReturnType<typeof lookedAt> => {
  const index = Number(group.id.slice(group.id.lastIndexOf("-") + 1));
  const looked = members.map((member) => (member.answer === "overtaken" ? undefined : lookedAt(member, index)));
  const [first] = looked;
  if (!first || !looked.every((each) => each?.sha === first.sha)) return undefined;
  return { ...first, reach: Object.assign({}, ...looked.map((each) => each?.reach)) };
};

/** What some of them got is not what the reach tells of: back at the commit that it does tell of, they would be passed over. */
const mustBeLookedAt = (evaluated: readonly Settled[], isWhole: boolean): boolean =>
  evaluated.some(({ answer }) => answer === "raised") || (isWhole && (evaluated.length === 0 || evaluated.some(sawNothing)));

const sawNothing = ({ evaluation }: Settled): boolean => evaluation.kind === "broken" && evaluation.looked === undefined;

const isUnread = ({ evaluation }: Settled): boolean => evaluation.kind === "broken" && evaluation.unread === true;

const toldUnread = (settled: Settled): boolean => isUnread(settled) && settled.answer === "raised";

/** What an Application read of its source number `index`. */
export const lookedAt = ({ evaluation }: Settled, index: number): Evaluated | undefined => {
  const looked = evaluation.kind === "postponed" ? undefined : evaluation.looked;
  const [revision, reach] = [looked?.revisions[index], looked?.reaches[index]];
  return revision && reach ? { sha: revision.sha, ref: looked?.refs[index], reach } : undefined;
};
