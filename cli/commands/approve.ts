import { wish } from "../../shared/state/wishes.ts";
import { findApplication } from "../applications.ts";
import { ask, endOfSync, timeoutOf, waiting } from "../asking.ts";
import { type Command, CommandError } from "../command.ts";

export const approve: Command = {
  name: "approve",
  parameters: "APPLICATION",
  summary: "Say yes to a removal that waits for it",
  details: [
    "What waits: a commit that removes many Applications at once, or objects with Prune=confirm or Delete=confirm; fairlead status names it.",
    "The yes holds for exactly what waits now; a newer commit that removes as much asks again.",
  ].join("\n"),
  options: waiting,
  run: async (given, world) => {
    const [name = ""] = given.parameters;
    timeoutOf(given);
    const stack = await world.stack();
    const { state } = await findApplication(stack.table, name);
    if (state.awaiting === undefined || state.awaitingDigest === undefined)
      throw new CommandError(`nothing of Application ${name} waits for a yes`);
    world.say(`Yes to: ${state.awaiting}`);
    await wish(stack.table, name, { approval: state.awaitingDigest, trigger: "manual" }, world.now());
    return ask(stack, world, given, { name, what: `the removal in ${name}`, before: state, ended: endOfSync(name, state, world.now) });
  },
};
