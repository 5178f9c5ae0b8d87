import { type ApplicationState, isDirty } from "../../shared/state/application-state.ts";
import { wish } from "../../shared/state/wishes.ts";
import { findApplication } from "../applications.ts";
import { ask, isOver, timeoutOf, waiting } from "../asking.ts";
import { type Command, CommandError } from "../command.ts";
import { oneLine } from "../layout.ts";

export const terminate: Command = {
  name: "terminate",
  parameters: "APPLICATION",
  summary: "End the operation that is under way, or the retries of a failed one",
  details:
    "It ends between two of its steps: hooks at work are deleted, what was applied stays, nothing is tried again. What came meanwhile (a commit, a sync or a rollback that somebody asked for) is next.",
  options: waiting,
  run: async (given, world) => {
    const [name = ""] = given.parameters;
    timeoutOf(given);
    const stack = await world.stack();
    const { state } = await findApplication(stack.table, name);
    if (state.removal !== undefined) throw new CommandError(`Application ${name} is being deleted; that cannot be terminated`);
    if (!isAtWork(state)) throw new CommandError(`nothing of Application ${name} is under way or waits to be tried again`);
    await wish(stack.table, name, { terminate: world.user, trigger: "manual" }, world.now());
    return ask(stack, world, given, {
      name,
      what: `the end of what ${name} does`,
      before: state,
      // Whoever serves it takes it away; what came meanwhile may begin at once.
      over: ({ terminate: by }) => by === undefined,
      ended: (after) => {
        const { phase, syncStatus, health, reason } = after;
        const facts = { application: name, phase: phase ?? null, syncStatus, health, reason: reason ?? null, next: !isOver(after) };
        if (!isOver(after)) return { text: `${name}: terminated; what came meanwhile is next.`, json: facts };
        return { text: `${name}: ${syncStatus}, ${health}${reason === undefined ? "" : `: ${oneLine(reason, 600)}`}`, json: facts };
      },
    });
  },
};

const isAtWork = (state: ApplicationState): boolean =>
  isDirty(state) || state.phase === "Running" || state.owner !== undefined || state.retryAt !== undefined || state.againAt !== undefined;
