import { type ApplicationState, isDirty, readState, wish } from "../../shared/state/application-state.ts";
import { findApplication } from "../applications.ts";
import { type Answer, type Command, CommandError, type CommandWorld, type Stack, UsageError } from "../command.ts";

const waiting = {
  "no-wait": { type: "boolean", about: "only ask for it" },
  timeout: { type: "string", default: "300", about: "seconds to wait for its end (default 300)" },
} as const;

export const sync: Command = {
  name: "sync",
  parameters: "APPLICATION",
  summary: "Bring the cluster to what Git says, now",
  details: "Works with auto-sync off, too. Ends with 1 when the sync fails.",
  options: {
    prune: { type: "boolean", about: "also delete what Git no longer has" },
    refresh: { type: "boolean", about: "look at the repositories again first" },
    ...waiting,
  },
  run: async ({ parameters: [name = ""], flag, text }, world) => {
    const stack = await world.stack();
    const { application, state } = await findApplication(stack.table, name);
    const prune = flag("prune") || (application.syncPolicy.automated?.prune ?? false);
    if (flag("refresh")) await stack.pushes.send([{ body: { v: 1, kind: "application", application: name }, group: application.project }]);
    await wish(stack.table, name, { requested: { by: world.user, prune, dryRun: false }, trigger: "manual" }, world.now());
    return ask(stack, world, state, { name, wait: !flag("no-wait"), timeout: text("timeout") });
  },
};

export const approve: Command = {
  name: "approve",
  parameters: "APPLICATION",
  summary: "Say yes to a removal of many Applications that waits",
  details: "The yes holds for exactly what waits now; a newer commit that removes as much asks again.",
  options: waiting,
  run: async ({ parameters: [name = ""], flag, text }, world) => {
    const stack = await world.stack();
    const { state } = await findApplication(stack.table, name);
    if (state.awaiting === undefined || state.awaitingDigest === undefined)
      throw new CommandError(`nothing of Application ${name} waits for a yes`);
    await wish(stack.table, name, { approval: state.awaitingDigest, trigger: "manual" }, world.now());
    return ask(stack, world, state, { name, wait: !flag("no-wait"), timeout: text("timeout") });
  },
};

interface Asked {
  readonly name: string;
  readonly wait: boolean;
  readonly timeout: string | undefined;
}

/** The wish stands in the table; the message only makes it seen at once. */
const ask = async (stack: Stack, world: CommandWorld, before: ApplicationState, { name, wait, timeout }: Asked): Promise<Answer> => {
  const seconds = Number(timeout);
  if (!(seconds > 0)) throw new UsageError("--timeout takes a number of seconds");
  await stack.syncsOf(before.cluster).send([{ body: { v: 1, application: name }, group: before.project }]);
  if (!wait) return { text: `Asked for a sync of ${name}.`, json: { application: name, asked: true } };
  const until = world.now() + seconds * 1000;
  for (;;) {
    const state = await readState(stack.table, name);
    if (!state) return { text: `${name} is gone.`, json: { application: name, gone: true } };
    if (!isDirty(state)) return ended(name, state);
    if (world.now() >= until)
      throw new CommandError(`the sync of ${name} has not ended after ${seconds} s and goes on; fairlead status ${name} shows it`);
    await world.pause(300);
  }
};

const ended = (name: string, { phase, syncStatus, health, reason, awaiting }: ApplicationState): Answer => {
  const failed = phase === "Failed" || phase === "Error";
  const why = awaiting ?? reason;
  const facts = { application: name, phase: phase ?? null, syncStatus, health, reason: why ?? null };
  return {
    text: `${name}: ${failed ? "failed" : syncStatus}, ${health}${why === undefined ? "" : `: ${why}`}`,
    json: facts,
    ...(failed ? { exitCode: 1 } : {}),
  };
};
