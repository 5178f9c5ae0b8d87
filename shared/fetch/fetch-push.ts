/**
 * The fetch stage: from "this ref may have moved" to "these Applications have a new input". Resolves the ref, downloads the commit once, and
 * evaluates only those groups of Applications whose reached content changed; for all others nothing is rendered, synced or written.
 */
import { Failure } from "../model/failure.ts";
import type { RemoteRefs, Snapshot } from "../ports/git.ts";
import { readDeclared } from "../state/applications.ts";
import { applicationsOfGroup, groupsOfRepository, recordReach, repositoryUrl, type SourceGroup } from "../state/groups.ts";
import type { PushMessage } from "../state/messages.ts";
import { finishRef, type RefState, readRef } from "../state/refs.ts";
import { closureUnchanged } from "./closure/reach.ts";
import type { FetchWorld } from "./ports.ts";
import { judgeHead, lagPatience } from "./resolve/head.ts";
import { resolveRevision } from "./resolve/revision.ts";
import { type FetchSession, openSession } from "./session.ts";
import { settleApplications } from "./settle.ts";

export type FetchStep = { readonly done: true } | { readonly done: false; readonly again: PushMessage; readonly seconds: number };

const done: FetchStep = { done: true };

/** Trouble that passes is left to the sweeper: what this message names stays due in the table, and is sent again within a minute or so. */
export const fetchPush = async (message: PushMessage, world: FetchWorld): Promise<FetchStep> => {
  try {
    const session = openSession(world);
    if (message.kind === "ref") return await fetchRef(message, session, world);
    await evaluateOne(message.application, session, world);
    return done;
  } catch (error) {
    if (!(error instanceof Failure) || !error.retry) throw error;
    const about = message.kind === "ref" ? { repository: message.repository, ref: message.ref } : { application: message.application };
    world.journal.tell("fetch-delayed", { ...about, code: error.code, reason: error.message });
    return done;
  }
};

/** An Application that was declared or changed, or whose charts may have moved. */
const evaluateOne = async (name: string, session: FetchSession, world: FetchWorld): Promise<void> => {
  const declared = await readDeclared(world.table, [name]);
  await settleApplications(declared, { trigger: "registry", at: world.clock.now() }, session, world);
};

const fetchRef = async (message: Extract<PushMessage, { kind: "ref" }>, session: FetchSession, world: FetchWorld): Promise<FetchStep> => {
  const { repository, ref } = message;
  const read = await readRef(world.table, repository, ref);
  const url = await repositoryUrl(world.table, repository);
  const groups = url === undefined ? [] : await Array.fromAsync(groupsOfRepository(world.table, repository));
  if (url === undefined || groups.length === 0) return finish(message, read, undefined, world);

  const refs = await session.refs(url);
  const head = refs.refs.get(ref);
  if (judgeHead({ before: read.before, after: read.after, head, since: read.since, now: world.clock.now() }) === "lagging") {
    return { done: false, again: message, seconds: lagPatience.step };
  }
  const touched = await touchedGroups(url, groups, refs, session);
  world.journal.tell("fetched", {
    repository,
    ref,
    sha: head ?? "",
    groups: groups.length,
    touched: touched.length,
    ...(read.since !== undefined && { since: read.since }),
  });
  for (const { group, sha } of touched) await evaluateGroup({ group, sha }, read, session, world);
  const snapshot = head === undefined ? undefined : await session.snapshot(url, { sha: head, ref });
  return finish(message, read, snapshot, world);
};

/** Groups whose content at the commit that their selector now means is not what was evaluated last. */
const touchedGroups = async (url: string, groups: readonly SourceGroup[], refs: RemoteRefs, session: FetchSession) => {
  const touched: { group: SourceGroup; sha: string }[] = [];
  const resolved = new Map([...new Set(groups.map(({ selector }) => selector))].map((selector) => [selector, found(selector, refs)]));
  for (const group of groups) {
    const revision = resolved.get(group.selector);
    if (revision === undefined || group.sha === revision.sha) continue;
    const snapshot = await session.snapshot(url, revision);
    if (group.reach === undefined || !closureUnchanged(group.reach, snapshot)) touched.push({ group, sha: revision.sha });
  }
  return touched;
};

const found = (selector: string, refs: RemoteRefs) => {
  const resolved = resolveRevision(selector, refs);
  return resolved instanceof Failure ? undefined : resolved;
};

/** Every Application of the group first, the group's reach last: a crash between repeats an evaluation that then changes nothing. */
const evaluateGroup = async (
  touched: { readonly group: SourceGroup; readonly sha: string },
  read: RefState,
  session: FetchSession,
  world: FetchWorld,
): Promise<void> => {
  const { group, sha } = touched;
  const names = await applicationsOfGroup(world.table, group);
  const applications = await readDeclared(world.table, names);
  const wish = { trigger: "push" as const, at: read.since ?? world.clock.now(), pusher: read.pusher };
  const settled = await settleApplications(applications, wish, session, world);
  const index = Number(group.id.slice(group.id.lastIndexOf("-") + 1));
  const reaches = settled.map(({ evaluation }) => evaluation.reaches?.[index]);
  // What broke before it was read is looked at again with every push until it works.
  if (reaches.some((reach) => reach === undefined)) return;
  await recordReach(world.table, group, { sha, reach: Object.assign({}, ...reaches) });
};

const finish = async (
  message: Extract<PushMessage, { kind: "ref" }>,
  read: RefState,
  snapshot: Snapshot | undefined,
  world: FetchWorld,
): Promise<FetchStep> => {
  const { repository, ref } = message;
  const facts = snapshot === undefined ? {} : { head: snapshot.commit.sha, commit: snapshot.commit };
  const state = await finishRef(world.table, { repository, ref, read, ...facts });
  return state === "settled" ? done : { done: false, again: message, seconds: 0 };
};
