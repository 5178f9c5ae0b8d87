import type { Failure } from "../model/failure.ts";
import { sideBySide } from "../model/side-by-side.ts";
import { admitReach, applicationsOfGroup, forgetReach, groupsOf, noteUnread, recordReach, type SourceGroup } from "../state/groups.ts";
import { fetchDoubtful, metAnotherHead, type Own } from "./doubtful-refs.ts";
import type { FetchWorld } from "./ports.ts";
import type { FetchSession } from "./session.ts";
import { lookedAt, type PushFacts, type Settled, settleApplications } from "./settle.ts";

/** Groups whose members are looked up, and whose reach is written, side by side. */
const width = 16;

export interface GroupsEvaluated {
  readonly state: "settled" | "overtaken";
  /** Applications of which the input changed. */
  readonly raised: readonly string[];
  /** Retryable, of an Application that cannot be evaluated now, which delays no other: all others are done. */
  readonly trouble?: Failure | undefined;
}

/**
 * Evaluates all Applications of the groups, each once, and writes down what was looked at: first every wish, then which other refs must be looked
 * at, then the reaches. After a crash between, they are evaluated again, whatever the reaches tell: because of the fetch's mark at its ref, or because
 * their groups are still noted as unread.
 */
export const evaluateGroups = async (
  groups: readonly SourceGroup[],
  facts: PushFacts,
  session: FetchSession,
  world: FetchWorld,
  own?: Own,
): Promise<GroupsEvaluated> => {
  const members = await sideBySide(groups, width, async (group) => ({ group, names: await applicationsOfGroup(world.table, group) }));
  const unreadable = new Map<string, Failure>();
  const note = (name: string, failure: Failure) => void unreadable.set(name, failure);
  const settled = await settleApplications([...new Set(members.flatMap(({ names }) => names))], facts, session, world, note);
  await fetchDoubtful(settled, world, own, note);
  const known = new Map(settled.map((each) => [each.application.name, each]));
  await sideBySide(members, width, async ({ group, names }) => {
    const evaluated = names.flatMap((name) => known.get(name) ?? []);
    const isWhole = names.every((name) => !unreadable.has(name));
    const whole = isWhole ? reachOfGroup(group, evaluated) : undefined;
    if (whole) await recordReach(world.table, group, whole);
    else if (isWhole && evaluated.some(isUnread)) await noteUnread(world.table, group, evaluated.some(toldUnread));
    else if ((group.reach ?? group.unread) !== undefined && mustBeLookedAt(evaluated, isWhole)) await forgetReach(world.table, group);
  });
  const postponed = settled.flatMap(({ evaluation }) => (evaluation.kind === "postponed" ? [evaluation.failure] : []));
  return {
    state: settled.some(({ answer }) => answer === "overtaken") || metAnotherHead(settled, own) ? "overtaken" : "settled",
    raised: settled.flatMap(({ answer, application }) => (answer === "raised" ? [application.name] : [])),
    trouble: [...unreadable.values(), ...postponed][0],
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
