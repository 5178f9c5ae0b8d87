import { Failure } from "../model/failure.ts";
import type { Trigger } from "../model/operation.ts";
import { wishFailed, wishInput } from "../state/application-state.ts";
import type { Declared } from "../state/applications.ts";
import type { RenderMessage } from "../state/messages.ts";
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
  readonly application: string;
  readonly evaluation: Evaluation;
}

/** How many Applications one render message names. */
const perMessage = 50;
/** Writes side by side: the table takes more, memory need not. */
const sideBySide = 64;

/** Evaluates Applications and gives each its wish. Hints go out while later ones are still being evaluated, so that the first need not wait. */
export const settleApplications = async (
  applications: readonly Declared[],
  facts: PushFacts,
  session: FetchSession,
  world: FetchWorld,
): Promise<readonly Settled[]> => {
  const settled: Settled[] = [];
  for (let start = 0; start < applications.length; start += sideBySide) {
    const batch = applications.slice(start, start + sideBySide);
    const answers = await Promise.all(batch.map((declared) => settle(declared, facts, session, world)));
    await sendHints(answers, world);
    settled.push(...answers);
  }
  return settled;
};

interface Answer extends Settled {
  readonly project: string;
  readonly raised: boolean;
}

const settle = async (declared: Declared, facts: PushFacts, session: FetchSession, world: FetchWorld): Promise<Answer> => {
  const { name, project } = declared.application;
  const evaluation = await evaluated(declared, session, world);
  if (evaluation.kind === "broken") {
    const answer = await wishFailed(world.table, name, { reason: evaluation.reason, commit: evaluation.commit, at: facts.at });
    return { application: name, project, evaluation, raised: answer === "raised" };
  }
  const { input, revisions, commit } = evaluation;
  const answer = await wishInput(world.table, name, { input, revisions, commit, ...facts });
  return { application: name, project, evaluation, raised: answer === "raised" };
};

/** Terminal trouble with the sources is the Application's to tell; what a retry can help is thrown. */
const evaluated = async (declared: Declared, session: FetchSession, world: FetchWorld): Promise<Evaluation> => {
  try {
    return await evaluate(declared, session, world);
  } catch (error) {
    if (!(error instanceof Failure) || error.retry) throw error;
    return { kind: "broken", reason: error.message };
  }
};

/** Applications that wait for the same input share a message; those whose sources are broken go straight to sync, which tells people. */
const sendHints = async (answers: readonly Answer[], world: FetchWorld): Promise<void> => {
  const raised = answers.filter((answer) => answer.raised);
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
    world.renders.send(renders.map((body) => ({ body }))),
    world.syncs.send(broken.map(({ application, project }) => ({ body: { v: 1 as const, application }, group: project }))),
  ]);
};

const renderMessages = (input: string, applications: readonly string[]): readonly RenderMessage[] =>
  Array.from({ length: Math.ceil(applications.length / perMessage) }, (_, at) => ({
    v: 1 as const,
    input,
    applications: applications.slice(at * perMessage, (at + 1) * perMessage),
  }));
