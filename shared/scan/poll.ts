import { Failure } from "../model/failure.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { Clock } from "../ports/clock.ts";
import type { RemoteRefs } from "../ports/git.ts";
import type { Journal } from "../ports/journal.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import { applicationsOfGroup, groupsOfRepository, type SourceGroup } from "../state/groups.ts";
import { isUnreadable } from "../state/items.ts";
import type { PushMessage } from "../state/messages.ts";
import { readRef, wantRef } from "../state/refs.ts";
import {
  claimPoll,
  dropRepository,
  type FollowedRepository,
  followedRepositories,
  recordAnswer,
  recordOutage,
} from "../state/repositories.ts";

export interface PollWorld {
  readonly table: Table;
  readonly pushes: Queue<PushMessage>;
  readonly clock: Clock;
  readonly journal: Journal;
  /** By the URL as declared: mirrors and credentials are the implementation's. `also`: refs beside branches and tags, as in the Git port. */
  readonly listRefs: (url: string, also: readonly string[]) => Promise<RemoteRefs>;
  /** A repository's own interval; undefined when every event of the schedule is meant for it. */
  readonly pollSeconds: (repository: string) => number | undefined;
  /** What a selector means among these refs; undefined when nothing matches it. */
  readonly resolve: (selector: string, refs: RemoteRefs) => { readonly sha: string; readonly ref?: string } | undefined;
}

/** Repositories asked side by side; a slow host holds up its own slot only. */
const width = 8;

/** Compares ref heads with what fetch last finished: one ls-refs per repository, whatever number of Applications follows it. */
export const poll = async (world: PollWorld): Promise<void> => {
  const tellIt = (repository: string, { message }: Failure) => world.journal.tell("poll-failed", { repository, reason: message });
  const repositories = await Array.fromAsync(followedRepositories(world.table, tellIt));
  await sideBySide(repositories, width, async (followed) => {
    if (await isDue(followed, world)) await pollRepository(followed, world);
  });
};

/** The schedule is inexact: a poll that comes a little early counts. */
const early = 0.9;

/** Where connections ask for intervals of their own, each repository waits for its own; else every event of the schedule polls all. */
const isDue = async (followed: FollowedRepository, world: PollWorld): Promise<boolean> => {
  const seconds = world.pollSeconds(followed.repository);
  if (seconds === undefined) return true;
  const now = world.clock.now();
  if (followed.polledAt !== undefined && now - followed.polledAt < seconds * 1000 * early) return false;
  return claimPoll(world.table, followed, now);
};

const pollRepository = async (followed: FollowedRepository, world: PollWorld): Promise<void> => {
  const { repository } = followed;
  const broken: Failure[] = [];
  try {
    const groups = await Array.fromAsync(groupsOfRepository(world.table, repository, (_, failure) => broken.push(failure)));
    for (const { message } of broken) world.journal.tell("poll-failed", { repository, reason: message });
    if (groups.length + broken.length === 0) await dropRepository(world.table, followed);
    else if (repository.startsWith("chart:")) {
      await pollCharts(groups, world);
      await lookAgain(repository, groups, () => true, world);
    } else {
      const refs = await ask(followed, groups, world);
      // Whatever ref has moved: fetch evaluates what could not be read along with it.
      if (refs && (await pollRefs(repository, groups, refs, world)) === 0)
        await lookAgain(repository, groups, ({ selector }) => world.resolve(selector, refs) !== undefined, world);
    }
  } catch (error) {
    // Also what nobody expected: it must not keep us from the other repositories.
    world.journal.tell("poll-failed", { repository, reason: reasonOf(error) });
  }
};

/** Undefined when it cannot be read, which is told once until it can. */
const ask = async (followed: FollowedRepository, groups: readonly SourceGroup[], world: PollWorld): Promise<RemoteRefs | undefined> => {
  const also = groups.map(({ selector }) => selector).filter(isBesideBranches);
  const { repository, url } = followed;
  try {
    const refs = await world.listRefs(url, [...new Set(also)]);
    await recordAnswer(followed, world);
    return refs;
  } catch (error) {
    const seconds = world.pollSeconds(repository);
    const nextAt = seconds === undefined ? undefined : world.clock.now() + seconds * 1000;
    await recordOutage(repository, { reason: reasonOf(error), nextAt }, world);
    return undefined;
  }
};

const reasonOf = (error: unknown): string => (error instanceof Failure ? error.message : String(error));

/** Such as `refs/pull/7/head`: a host lists those only to who asks for them. */
const isBesideBranches = (selector: string): boolean => /^refs\/(?!heads\/|tags\/)/.test(selector);

/** Answers how many refs were found to have moved. One of which the item cannot be read is told, and keeps no other from being looked at. */
const pollRefs = async (repository: string, groups: readonly SourceGroup[], refs: RemoteRefs, world: PollWorld): Promise<number> => {
  let found = 0;
  for (const [ref, seen] of seenRefs(groups, refs, world)) {
    try {
      if (await pollRef({ repository, ref }, seen, world)) found++;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      world.journal.tell("poll-failed", { repository, ref, reason: error.message });
    }
  }
  return found;
};

/** Whether it has moved. */
const pollRef = async (
  { repository, ref }: { readonly repository: string; readonly ref: string },
  { sha, isMoved, before }: SeenRef,
  world: PollWorld,
): Promise<boolean> => {
  const known = await readRef(world.table, repository, ref);
  if (known.wanted > known.done || (known.head === sha && !isMoved)) return false;
  const at = world.clock.now();
  const push = { repository, ref, deliveryId: `poll-${sha ?? "gone"}-${known.done}`, at };
  const answer = await wantRef(world.table, { ...push, ...(sha !== undefined && { after: sha }) });
  if (answer === "duplicate") return false;
  await world.pushes.send([{ body: { v: 1, kind: "ref", repository, ref }, group: repository }]);
  const was = known.head ?? before;
  const facts = { ...(sha === undefined && { gone: true }), ...(was !== undefined && { before: was }) };
  world.journal.tell("poll-found", { repository, ref, sha: sha ?? "", ...facts });
  return true;
};

/** Sources that could not be read, because access was refused or a commit was missing: no push tells when they can be. One look for all of them. */
const lookAgain = async (
  repository: string,
  groups: readonly SourceGroup[],
  mayBeRead: (group: SourceGroup) => boolean,
  { pushes }: PollWorld,
): Promise<void> => {
  if (groups.some((group) => group.unread !== undefined && mayBeRead(group)))
    await pushes.send([{ body: { v: 1, kind: "repository", repository }, group: repository }]);
};

/** A ref that some selector means; without a sha it is gone. `isMoved`: a selector that meant another ref means it now. */
interface SeenRef {
  readonly sha?: string | undefined;
  readonly isMoved: boolean;
  /** What the selector meant before it moved. */
  readonly before?: string | undefined;
}

/**
 * The refs to compare with what fetch finished last. A ref's own head does not say all: HEAD may point to another branch, a range's newest tag
 * may be deleted, and what is followed then may have been known for long.
 */
const seenRefs = (groups: readonly SourceGroup[], refs: RemoteRefs, world: PollWorld): ReadonlyMap<string, SeenRef> => {
  const seen = new Map<string, SeenRef>();
  for (const { selector, ref: meant, sha: before } of groups) {
    const found = world.resolve(selector, refs);
    const isMoved = meant !== undefined && meant !== found?.ref;
    // A sha never moves; what was never found cannot be gone.
    const ref = found?.ref ?? (isMoved ? meant : undefined);
    if (ref === undefined || seen.get(ref)?.isMoved === true) continue;
    seen.set(ref, { sha: found?.sha, isMoved, ...(isMoved && { before }) });
  }
  return seen;
};

/** An exact chart version never moves; a range may. */
const pollCharts = async (groups: readonly SourceGroup[], world: PollWorld): Promise<void> => {
  for (const group of groups.filter(({ selector, unread }) => unread === undefined && !/^v?\d+\.\d+\.\d+/.test(selector))) {
    const names = await applicationsOfGroup(world.table, group);
    // Their projects would cost a read with each poll.
    const { repository } = group;
    await world.pushes.send(
      names.map((application) => ({ body: { v: 1 as const, kind: "application" as const, application }, group: repository })),
    );
  }
};
