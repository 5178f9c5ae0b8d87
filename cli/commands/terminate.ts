import { type ApplicationState, isDirty, wish } from "../../shared/state/application-state.ts";
import { findApplication } from "../applications.ts";
import { ask, timeoutOf, waiting } from "../asking.ts";
import { type Command, CommandError } from "../command.ts";
import { oneLine } from "../layout.ts";

export const terminate: Command = {
  name: "terminate",
  parameters: "APPLICATION",
  summary: "End the operation that is under way, or the retries of a failed one",
  details:
    "It ends between two of its steps: hooks at work are deleted, what was applied stays, nothing is tried again. The next commit is synced as ever.",
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
      ended: ({ phase, syncStatus, health, reason }) => ({
        text: `${name}: ${syncStatus}, ${health}${reason === undefined ? "" : `: ${oneLine(reason, 600)}`}`,
        json: { application: name, phase: phase ?? null, syncStatus, health, reason: reason ?? null },
      }),
    });
  },
};

const isAtWork = (state: ApplicationState): boolean =>
  isDirty(state) || state.phase === "Running" || state.owner !== undefined || state.retryAt !== undefined || state.againAt !== undefined;
