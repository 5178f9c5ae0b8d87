/**
 * The fetch stage: from "this ref may have moved" to "these Applications have a new input". Resolves the ref, downloads the commit once, and
 * evaluates only those groups of Applications whose reached content changed; for all others nothing is rendered, synced or written.
 */
import { Failure } from "../model/failure.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { RemoteRefs, Snapshot } from "../ports/git.ts";
import { isDirty, readState } from "../state/application-state.ts";
import { forgetReach, type SourceGroup } from "../state/groups.ts";
import { doubtedBy, overBy } from "../state/looks.ts";
import type { PushMessage } from "../state/messages.ts";
import { beginLook, finishRef, keepOpen, type RefState, readRef } from "../state/refs.ts";
import { readRepository, recordAnswer, recordOutage } from "../state/repositories.ts";
import { closureUnchanged } from "./closure/reach.ts";
import { fetchDoubtful } from "./doubtful-refs.ts";
import { admitToGroups, evaluateGroups } from "./evaluate-groups.ts";
import type { FetchWorld } from "./ports.ts";
import { doubtBroken, noGroups, readGroups } from "./read-groups.ts";
import { judgeHead, lagPatience } from "./resolve/head.ts";
import { resolveRevision } from "./resolve/revision.ts";
import { type FetchSession, openSession } from "./session.ts";
import { settleApplications } from "./settle.ts";

export type FetchStep =
  | { readonly done: true }
  | { readonly done: false; readonly again: PushMessage; readonly seconds: number; readonly group: string };

const done: FetchStep = { done: true };

/** Names of Applications in one line of the journal. */
const namesTold = 20;

/** Trouble that passes is left to the sweeper: what this message names stays due in the table, and is sent again within a minute or so. */
export const fetchPush = async (message: PushMessage, world: FetchWorld): Promise<FetchStep> => {
  const session = openSession(world);
  const step = await look(message, session, world);
  await sideBySide([...session.asked], width, ([repository, failure]) => recordAsked(repository, failure, world));
  return step;
};

/** Repositories of one push or Application: few. */
const width = 8;

/** Whether a repository can be read is its own to tell, once: many Applications may wait for it. */
const recordAsked = async (repository: string, failure: Failure | undefined, world: FetchWorld): Promise<void> => {
  const seconds = Math.max(lookAgain, failure?.retryAfter ?? 0);
  if (failure) return recordOutage(repository, { reason: failure.message, nextAt: world.clock.now() + seconds * 1000 }, world);
  const followed = await readRepository(world.table, repository);
  if (followed) await recordAnswer(followed, world);
};

const look = async (message: PushMessage, session: FetchSession, world: FetchWorld): Promise<FetchStep> => {
  try {
    if (message.kind === "ref") return await fetchRef(message, session, world);
    if (message.kind === "repository") return await fetchUnread(message, session, world);
    return await fetchApplication(message, session, world);
  } catch (error) {
    if (!(error instanceof Failure) || !error.retry) throw error;
    if (![...session.asked.values()].includes(error))
      world.journal.tell("fetch-delayed", { ...aboutOf(message), code: error.code, reason: error.message });
    return message.kind === "application" ? unlessDue(message, world) : done;
  }
};

/** Of a repository: whose Applications follow it is not asked. */
const again = (message: Exclude<PushMessage, { kind: "application" }>, seconds: number): FetchStep => ({
  done: false,
  again: message,
  seconds,
  group: message.repository,
});

const aboutOf = ({ v, kind, ...about }: PushMessage) => about;

/** Seconds until what failed is looked at again, by the sweeper or, where nothing in the table says that it must be, by a message. */
const lookAgain = 60;

const unlessDue = async (message: Extract<PushMessage, { kind: "application" }>, { table }: FetchWorld): Promise<FetchStep> => {
  const state = await readState(table, message.application);
  const isDue = state === undefined || (isDirty(state) && state.input === undefined);
  return isDue ? done : { done: false, again: message, seconds: lookAgain, group: state.project };
};

/** What only a person can put right is an answer: the Applications that suffer from it are told, each by its own evaluation. */
const orFailure = async <T>(look: Promise<T>): Promise<T | Failure> => {
  try {
    return await look;
  } catch (error) {
    if (!(error instanceof Failure) || error.retry) throw error;
    return error;
  }
};

/**
 * An Application that was declared or changed, or whose charts may have moved. It needs no mark: the message comes back until all of this is done,
 * and evaluates it whatever the reaches tell.
 */
const fetchApplication = async (
  message: Extract<PushMessage, { kind: "application" }>,
  session: FetchSession,
  world: FetchWorld,
): Promise<FetchStep> => {
  const facts = { trigger: "registry" as const, at: world.clock.now() };
  const [settled] = await settleApplications([message.application], facts, session, world);
  if (!settled) return done;
  if (settled.evaluation.kind === "postponed") throw settled.evaluation.failure;
  if (settled.answer === "overtaken") return { done: false, again: message, seconds: 0, group: settled.application.project };
  await admitToGroups(settled, world);
  await fetchDoubtful([settled], world);
  return done;
};

/** What could not be read is evaluated again. Trouble that goes on writes nothing, and the next poll comes anyway. */
const fetchUnread = async (
  message: Extract<PushMessage, { kind: "repository" }>,
  session: FetchSession,
  world: FetchWorld,
): Promise<FetchStep> => {
  const { groups } = await readGroups(message.repository, world);
  const unread = groups.filter((group) => group.unread !== undefined);
  const { state, trouble } = await evaluateGroups(unread, { trigger: "schedule", at: world.clock.now() }, session, world);
  if (trouble) throw trouble;
  return state === "overtaken" ? again(message, 0) : done;
};

type RefMessage = Extract<PushMessage, { kind: "ref" }>;

const fetchRef = async (message: RefMessage, session: FetchSession, world: FetchWorld): Promise<FetchStep> => {
  const { repository, ref } = message;
  const read = await readRef(world.table, repository, ref);
  const url = (await readRepository(world.table, repository))?.url;
  const { groups, broken } = url === undefined ? noGroups : await readGroups(repository, world);
  if (url === undefined || groups.length + broken.size === 0)
    return finish(message, await begin(message, read, [], world), undefined, world);

  const selectors = groups.map(({ selector }) => selector);
  const refs = await orFailure(session.refs(url, selectors));
  const head = refs instanceof Failure ? undefined : refs.refs.get(ref);
  const seen = { before: read.before, after: read.after, head, since: read.since, now: world.clock.now() };
  if (!(refs instanceof Failure) && judgeHead(seen) === "lagging") {
    return again(message, lagPatience.step);
  }
  const isDoubted = doubtedBy(read.looks, seen.now);
  const touched = refs instanceof Failure ? groups : await touchedGroups(url, groups, { refs, isDoubted }, session);
  world.journal.tell("fetched", {
    repository,
    ref,
    sha: head ?? "",
    groups: groups.length,
    touched: touched.length,
    ...(read.since !== undefined && { since: read.since }),
  });
  const wish = { trigger: "push" as const, at: read.since ?? world.clock.now(), pusher: read.pusher };
  const unevaluated = touched.length === 0 ? [] : [...broken.keys()].filter((id) => !isDoubted(id));
  const begun = await begin(message, await doubtBroken(message, read, unevaluated, world), touched, world);
  const { state, raised, ...evaluated } = await evaluateGroups(touched, wish, session.renewed(), world, { ...message, head });
  const trouble = evaluated.trouble ?? [...broken.values()][0];
  if (trouble) {
    await keepOpen(world.table, { ...message, own: begun.own, at: world.clock.now() });
    throw trouble;
  }
  if (state === "overtaken") return lookAnew(message, begun, world);
  const opened = head === undefined ? undefined : await orFailure(session.snapshot(url, { sha: head, ref }));
  const snapshot = opened instanceof Failure ? undefined : opened;
  world.journal.tell("push-touched", {
    repository,
    ref,
    sha: head ?? "",
    subject: snapshot?.commit.message.split("\n")[0]?.slice(0, 200) ?? "",
    count: raised.length,
    applications: raised.slice(0, namesTold),
  });
  return finish(message, begun, snapshot, world);
};

interface Begun {
  readonly read: RefState;
  readonly touched: readonly SourceGroup[];
  /** Its mark, where it touches anything. */
  readonly own?: string;
  /** Marks that go when it finishes. */
  readonly ended: readonly string[];
}

const begin = async (
  { repository, ref }: RefMessage,
  read: RefState,
  touched: readonly SourceGroup[],
  { table, clock }: FetchWorld,
): Promise<Begun> => {
  const at = clock.now();
  const over = overBy(read.looks, at);
  if (touched.length === 0) return { read, touched, ended: over };
  const begun = await beginLook(table, { repository, ref, read, groups: touched.map(({ id }) => id), at });
  return { ...begun, touched, ended: [...over, begun.own] };
};

/** Groups whose content at the commit that their selector now means is not what was evaluated last; a revision that is gone is told, too. */
const touchedGroups = async (
  url: string,
  groups: readonly SourceGroup[],
  { refs, isDoubted }: { readonly refs: RemoteRefs; readonly isDoubted: (group: string) => boolean },
  session: FetchSession,
): Promise<readonly SourceGroup[]> => {
  const touched: SourceGroup[] = [];
  const resolved = new Map(
    [...new Set(groups.map(({ selector }) => selector))].map((selector) => [selector, resolveRevision(selector, refs)]),
  );
  for (const group of groups) {
    const revision = resolved.get(group.selector);
    if (revision === undefined || revision instanceof Failure || group.reach === undefined || isDoubted(group.id)) touched.push(group);
    // What the selector means now is noted, or the poll would find it again and again.
    else if (group.ref !== undefined && group.ref !== revision.ref) touched.push(group);
    else if (group.sha !== revision.sha && !(await stands(group.reach, session.snapshot(url, revision)))) touched.push(group);
  }
  return touched;
};

/** A commit that cannot be had, such as one that is too large, is told by the evaluation. */
const stands = async (reach: NonNullable<SourceGroup["reach"]>, opening: Promise<Snapshot>): Promise<boolean> => {
  const snapshot = await orFailure(opening);
  return !(snapshot instanceof Failure) && closureUnchanged(reach, snapshot);
};

const lookAnew = async (message: RefMessage, { own }: Begun, world: FetchWorld): Promise<FetchStep> => {
  await keepOpen(world.table, { ...message, own, at: world.clock.now() });
  return again(message, 0);
};

const finish = async (message: RefMessage, begun: Begun, snapshot: Snapshot | undefined, world: FetchWorld): Promise<FetchStep> => {
  const { repository, ref } = message;
  const { read, ended, touched } = begun;
  const facts = snapshot === undefined ? {} : { head: snapshot.commit.sha, commit: snapshot.commit };
  const state = await finishRef(world.table, { repository, ref, read, ended, at: world.clock.now(), ...facts });
  if (state === "settled") return done;
  if (state === "moved") return again(message, 0);
  // Whose reach was written last is not known either.
  await sideBySide(touched, width, (group) => forgetReach(world.table, group));
  return lookAnew(message, begun, world);
};
