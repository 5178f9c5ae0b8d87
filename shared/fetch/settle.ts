import { skipsReconcile } from "../argocd/skip-reconcile.ts";
import type { Application } from "../model/application.ts";
import { Failure, type FailureCode } from "../model/failure.ts";
import type { Trigger } from "../model/operation.ts";
import { defaultProject } from "../model/project.ts";
import type { Outgoing } from "../ports/queue.ts";
import { type ApplicationState, isDirty, readStates } from "../state/application-state.ts";
import { type Declared, readDeclared } from "../state/applications.ts";
import type { Evaluated } from "../state/groups.ts";
import { throwIt, type Unreadable } from "../state/items.ts";
import type { RenderMessage } from "../state/messages.ts";
import { noteAsked, type WishAnswer, wishFailed, wishInput } from "../state/wishes.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation, FetchWorld } from "./ports.ts";
import type { FetchSession } from "./session.ts";

export interface PushFacts {
  readonly trigger: Trigger;
  /** When the wish was born, ms since 1970. */
  readonly at: number;
  readonly pusher?: string | undefined;
}

export interface Settled {
  readonly application: Application;
  /** A failure that a retry can help is this Application's alone: the others go on. */
  readonly evaluation: Evaluation | { readonly kind: "postponed"; readonly failure: Failure };
  /** What came of it; `overtaken` when another fetch was faster, with refs that may be newer or older. */
  readonly answer: WishAnswer | "none";
}

/** What an Application read of its source number `index`. */
export const lookedAt = ({ evaluation }: Settled, index: number): Evaluated | undefined => {
  const looked = evaluation.kind === "postponed" ? undefined : evaluation.looked;
  const [revision, reach] = [looked?.revisions[index], looked?.reaches[index]];
  return revision && reach ? { sha: revision.sha, ref: looked?.refs[index], reach } : undefined;
};

/** How many Applications one render message names. */
const perMessage = 50;
/** Applications side by side: a few at first, so that their objects are applied while the others are still evaluated; memory sets the most. */
const sideBySide = { first: 8, most: 64 } as const;

/**
 * Evaluates Applications and gives each its wish. Hints go out while later ones are still being evaluated, so that the first need not wait.
 * The session must not have looked at refs yet: a wish counts only if nobody else wished between that look and it, so that an older revision
 * never overwrites a newer one. An Application of which an item cannot be read is told to `unreadable`, and nothing is done for it.
 */
export const settleApplications = async (
  names: readonly string[],
  facts: PushFacts,
  session: FetchSession,
  world: FetchWorld,
  unreadable: Unreadable = throwIt,
): Promise<readonly Settled[]> => {
  const settled: Settled[] = [];
  const broken = new Set<string>();
  const leaveOut: Unreadable = (name, failure) => {
    broken.add(name);
    unreadable(name, failure);
  };
  const states = await readStates(world.table, names, leaveOut);
  for (const some of growing(names)) {
    const [skipped, declared] = apart(
      await readDeclared(
        world.table,
        some.filter((name) => !broken.has(name)),
        leaveOut,
      ),
    );
    await sayLeftAlone(
      skipped.filter(({ application: { name } }) => isOpen(states.get(name))),
      world,
    );
    const answers = await Promise.all(
      declared.map((each) => settle(each, { ...facts, evaluations: states.get(each.application.name)?.evaluations ?? 0 }, session, world)),
    );
    const asking = declared.filter(({ application: { name } }) => asksForRevision(states.get(name)));
    const asked = await Promise.all(asking.map((each) => settleAsked(each, states.get(each.application.name), session, world)));
    await sendHints([...answers, ...asked.flat()], world);
    settled.push(...answers);
  }
  return settled;
};

/** Whose annotation says to leave it alone is not fetched; declared without it, it is fetched by itself. */
const apart = (declared: readonly Declared[]): readonly [skipped: readonly Declared[], others: readonly Declared[]] => [
  declared.filter(({ application }) => skipsReconcile(application)),
  declared.filter(({ application }) => !skipsReconcile(application)),
];

const isOpen = (state: ApplicationState | undefined): boolean => state !== undefined && isDirty(state);

/** What is wished for is answered by sync. */
const sayLeftAlone = (skipped: readonly Declared[], { syncs }: FetchWorld): Promise<void> =>
  syncs.send(skipped.map(({ application: { name, project } }) => ({ body: { v: 1, application: name }, group: project })));

function* growing(names: readonly string[]): Generator<readonly string[]> {
  let size: number = sideBySide.first;
  for (let start = 0; start < names.length; ) {
    yield names.slice(start, start + size);
    start += size;
    size = Math.min(2 * size, sideBySide.most);
  }
}

const settle = async (
  declared: Declared,
  facts: PushFacts & { readonly evaluations: number },
  session: FetchSession,
  world: FetchWorld,
): Promise<Settled> => {
  const { application } = declared;
  const { name } = application;
  const evaluation = await evaluated(declared, session, world);
  const about = { application, evaluation };
  switch (evaluation.kind) {
    case "postponed":
      return { ...about, answer: "none" };
    case "broken": {
      const { reason, commit } = evaluation;
      return { ...about, answer: await wishFailed(world.table, name, { reason, commit, ...facts }) };
    }
    case "input": {
      const { input, commit, looked } = evaluation;
      return { ...about, answer: await wishInput(world.table, name, { input, revisions: looked.revisions, commit, ...facts }) };
    }
  }
};

/**
 * Somebody asked for a sync to another revision than the followed one: what that comes to is kept beside what Git wants. One that cannot be read now
 * is looked at again when sync asks for it again.
 */
const settleAsked = async (
  declared: Declared,
  state: ApplicationState | undefined,
  session: FetchSession,
  world: FetchWorld,
): Promise<readonly Settled[]> => {
  const { application } = declared;
  const { name, sources } = application;
  const revision = state?.requested?.revision ?? "";
  const several = `${name} has ${sources.length} sources, and one revision cannot name commits of all of them`;
  const evaluation =
    sources.length > 1 ? ({ kind: "broken", reason: several } as const) : await evaluated(declared, session, world, revision);
  if (evaluation.kind === "postponed") return [];
  const found =
    evaluation.kind === "broken"
      ? { problem: evaluation.reason }
      : { input: evaluation.input, ...(evaluation.looked.revisions[0] && { sha: evaluation.looked.revisions[0].sha }) };
  await noteAsked(world.table, name, { revision, ...found });
  return [{ application, evaluation, answer: "raised" }];
};

/** Asked for, and not yet looked at. */
const asksForRevision = (state: ApplicationState | undefined): boolean =>
  state?.requested?.revision !== undefined && state.asked?.revision !== state.requested.revision;

/** Terminal trouble with the sources is the Application's to tell. */
const evaluated = async (
  declared: Declared,
  session: FetchSession,
  world: FetchWorld,
  revision?: string,
): Promise<Settled["evaluation"]> => {
  try {
    return await evaluate(declared, session, world, revision);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.retry) return { kind: "postponed", failure: error };
    return { kind: "broken", reason: error.message, ...(ofRepository.has(error.code) && { unread: true }) };
  }
};

/** What is mended where the repository is, or in the secret store. */
const ofRepository: ReadonlySet<FailureCode> = new Set([
  "RepositoryForbidden",
  "RevisionMissing",
  "SecretMissing",
  "SecretInvalid",
  "SecretForbidden",
]);

/** Applications that wait for the same input share a message; those whose sources are broken go straight to sync, which tells people. */
const sendHints = async (answers: readonly Settled[], world: FetchWorld): Promise<void> => {
  const raised = answers.filter(({ answer }) => answer === "raised");
  const broken = raised.filter(({ evaluation }) => evaluation.kind === "broken");
  const byInput = Map.groupBy(
    raised.flatMap(({ application, evaluation }) => (evaluation.kind === "input" ? [{ application, input: evaluation.input }] : [])),
    ({ input }) => input,
  );
  const renders = [...byInput].flatMap(([input, waiting]) =>
    renderMessages(
      input,
      waiting.map(({ application }) => application),
    ),
  );
  await Promise.all([
    world.renders.send(renders),
    world.syncs.send(broken.map(({ application: { name, project } }) => ({ body: { v: 1 as const, application: name }, group: project }))),
  ]);
};

/** Of several projects that wait for one input, the first pays for it. */
const renderMessages = (input: string, applications: readonly Application[]): readonly Outgoing<RenderMessage>[] =>
  Array.from({ length: Math.ceil(applications.length / perMessage) }, (_, at) => {
    const waiting = applications.slice(at * perMessage, (at + 1) * perMessage);
    return { body: { v: 1, input, applications: waiting.map(({ name }) => name) }, group: waiting[0]?.project ?? defaultProject };
  });
