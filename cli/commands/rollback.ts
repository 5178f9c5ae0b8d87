import type { ApplicationEvent } from "../../shared/model/event.ts";
import { readHistory } from "../../shared/state/events.ts";
import { readOperation } from "../../shared/state/operations.ts";
import { wish } from "../../shared/state/wishes.ts";
import { type Found, findApplication } from "../applications.ts";
import { ask, endOfSync, timeoutOf, waiting } from "../asking.ts";
import { type Answer, type Command, CommandError } from "../command.ts";
import { shortRevision } from "../layout.ts";
import { canRollBackTo, entryBefore, outputNow } from "../rollback-entries.ts";

export const rollback: Command = {
  name: "rollback",
  parameters: "APPLICATION [ENTRY]",
  summary: "Apply the manifests of an earlier operation again",
  details: [
    "Without ENTRY: of the last operation before the present one that went well. fairlead history APPLICATION lists the entries.",
    "Exactly what was applied then is applied again, hooks included. What Git says now is held off, under auto-sync, too,",
    "until a newer commit changes the Application, or somebody asks for a sync. A hook at work is waited for; fairlead terminate ends it.",
  ].join("\n"),
  options: { prune: { type: "boolean", about: "also delete what that entry did not have" }, ...waiting },
  run: async (given, world) => {
    const [name = "", id] = given.parameters;
    timeoutOf(given);
    const stack = await world.stack();
    const found = await findApplication(stack.table, name);
    const { application, state } = found;
    const events = (await readHistory(stack.table, name, 1_000)).items;
    const now = outputNow(state, events, await readOperation(stack.table, name));
    const { entry, output, revision } = choose(found, events, now, id);
    if (state.input === undefined) throw new CommandError(`Application ${name} was never fetched; there is nothing to hold off`);
    if ((await stack.manifests(output)) === undefined)
      throw new CommandError(`the manifests of entry ${entry} are not in the artifact store any more; choose another entry`);
    const prune = given.flag("prune") || (application.syncPolicy.automated?.prune ?? false);
    const by = world.user;
    const change = {
      rollback: { to: entry, output, insteadOf: state.input, by, revision },
      requested: { by, prune, dryRun: false, rollbackTo: entry },
      trigger: "manual" as const,
    };
    await wish(stack.table, name, change, world.now());
    const end = endOfSync(name, state, world.now);
    const held = state.revisions.map(({ sha }) => shortRevision(sha)).join(", ") || "what Git says now";
    return ask(stack, world, given, {
      name,
      what: `a rollback of ${name} to entry ${entry}`,
      before: state,
      ended: (after) => (after.rollback?.to === entry ? heldOff(end(after), held, name) : end(after)),
    });
  },
};

const choose = (
  { application: { name }, state }: Found,
  events: readonly ApplicationEvent[],
  now: string | undefined,
  id: string | undefined,
) => {
  const event = id === undefined ? entryBefore(state, events, now) : events.find((candidate) => Number(candidate.id) === Number(id));
  if (!event) {
    if (id === undefined) throw new CommandError(`Application ${name} has no earlier operation that went well and applied something else`);
    throw new CommandError(`Application ${name} has no entry ${id}; fairlead history ${name} lists them`);
  }
  const entry = String(Number(event.id));
  if (event.manifests === undefined) throw new CommandError(`entry ${entry} of ${name} applied no manifests; choose one that did`);
  if (!canRollBackTo(event)) throw new CommandError(`entry ${entry} of ${name} did not end well; choose one that did`);
  if (event.manifests === now) throw new CommandError(`${name} is as entry ${entry} left it; there is nothing to roll back`);
  return { entry, output: event.manifests, revision: event.revision };
};

const heldOff = (answer: Answer, held: string, name: string): Answer => ({
  ...answer,
  text: `${answer.text}\n${held} is held off until a newer commit changes ${name}; fairlead sync ${name} goes to it at once.`,
});
