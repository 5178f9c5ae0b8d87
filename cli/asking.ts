import { type ApplicationState, isDirty, readState } from "../shared/state/application-state.ts";
import { type Answer, CommandError, type CommandWorld, type Given, type Stack, UsageError } from "./command.ts";
import { oneLine } from "./layout.ts";
import { describeClusterOutage, readClusterOutages } from "./outages.ts";

/** Options of every command that asks for something and waits for its end. */
export const waiting = {
  "no-wait": { type: "boolean", about: "only ask for it" },
  timeout: { type: "string", default: "300", about: "seconds to wait for its end (default 300)" },
} as const;

export interface Asked {
  readonly name: string;
  /** What was asked for, as sentences name it: `a sync of web`. */
  readonly what: string;
  /** The Application as it was before. */
  readonly before: ApplicationState;
  /** Whether what was asked for has come to its end; without it: nothing is under way any more. */
  readonly over?: (state: ApplicationState) => boolean;
  /** Makes an answer of the state in which it ended. */
  readonly ended: (state: ApplicationState) => Answer;
}

/** Looks for a limit that is none before anything is asked for. Seconds. */
export const timeoutOf = ({ text }: Given): number => {
  const seconds = Number(text("timeout"));
  if (!(seconds > 0)) throw new UsageError("--timeout takes a number of seconds");
  return seconds;
};

/** The wish stands in the table; the message only makes it seen at once. Meanwhile people see what each step waits for. */
export const ask = async (stack: Stack, world: CommandWorld, given: Given, asked: Asked): Promise<Answer> => {
  const { name, what, before, over = isOver, ended } = asked;
  const seconds = timeoutOf(given);
  await stack.syncsOf(before.cluster).send([{ body: { v: 1, application: name }, group: before.project }]);
  if (given.flag("no-wait")) return { text: `Asked for ${what}.`, json: { application: name, asked: true } };
  for (const outage of await readClusterOutages(stack.table, [before.cluster])) world.say(describeClusterOutage(outage, world.now()));
  const until = world.now() + seconds * 1000;
  let told: string | undefined;
  for (;;) {
    const state = await readState(stack.table, name);
    if (!state) return { text: `${name} is gone.`, json: { application: name, gone: true } };
    if (over(state)) return ended(state);
    const step = stepOf(state);
    if (step !== undefined && step !== told) world.say(oneLine(step, 300));
    told = step ?? told;
    if (world.now() >= until)
      throw new CommandError(`${what} has not ended after ${seconds} s and goes on; fairlead status ${name} shows it`);
    await world.pause(300);
  }
};

/** An operation of several steps has served its wish only with the last of them. */
export const isOver = (state: ApplicationState): boolean => !isDirty(state) && state.phase !== "Running";

/** What the operation, or a removal, waits for. */
const stepOf = ({ phase, reason }: ApplicationState): string | undefined =>
  phase === "Running" || phase === "Terminating" ? reason : undefined;

/** How an Application stands after a sync that was asked for; `before` tells one that took place from one that was held up. */
export const endOfSync =
  (name: string, before: ApplicationState, now: () => number) =>
  (state: ApplicationState): Answer => {
    const { phase, syncStatus, health, reason, awaiting } = state;
    const failed = phase === "Failed" || phase === "Error";
    const happened = failed || state.syncedAt !== before.syncedAt;
    const why = awaiting ?? reason;
    const facts = { application: name, phase: phase ?? null, syncStatus, health, reason: why ?? null, synced: happened && !failed };
    const verdict = failed ? "failed" : happened ? syncStatus : `not synced, ${syncStatus}`;
    return {
      text: `${name}: ${verdict}, ${health}${why === undefined ? "" : `: ${oneLine(why, 600)}`}${laterOf(state, now())}`,
      json: facts,
      ...(failed || !happened ? { exitCode: 1 } : {}),
    };
  };

/** When it is tried again by itself. `now`: ms since 1970. */
export const laterOf = ({ retryAt, againAt }: ApplicationState, now: number): string => {
  if (retryAt !== undefined) return ` (tried again ${inSeconds(retryAt, now)})`;
  return againAt === undefined ? "" : ` (looked at again at ${new Date(againAt).toISOString().replace(".000Z", "Z")})`;
};

const inSeconds = (at: number, now: number): string => (at <= now ? "any moment" : `in ${Math.ceil((at - now) / 1000)} s`);
