import { stringify } from "yaml";
import { maskSecret } from "../../shared/diff/mask.ts";
import type { Json } from "../../shared/model/json.ts";
import { eventId, readEvent } from "../../shared/state/events.ts";
import { findApplication } from "../applications.ts";
import { type Command, CommandError } from "../command.ts";

export const manifests: Command = {
  name: "manifests",
  parameters: "APPLICATION",
  summary: "Print the manifests of the last sync, or of an operation in history",
  details: "As they were rendered; values of Secrets are hidden. Entries: fairlead history APPLICATION.",
  options: { entry: { type: "string", short: "e", about: "those of that entry of history" } },
  run: async ({ parameters: [name = ""], text }, world) => {
    const id = text("entry");
    const stack = await world.stack();
    const { state } = await findApplication(stack.table, name);
    const event = id === undefined ? undefined : (await readEvent(stack.table, name, eventId(Number(id))))?.event;
    if (id !== undefined && !event) throw new CommandError(`Application ${name} has no entry ${id}; fairlead history ${name} lists them`);
    const digest = id === undefined ? state.syncedOutput : event?.manifests;
    if (digest === undefined)
      throw new CommandError(id === undefined ? `Application ${name} was never synced` : `entry ${id} applied no manifests`);
    const found = await stack.manifests(digest);
    if (!found) throw new CommandError(`the manifests ${digest} are not in the artifact store any more`);
    const shown: Json = JSON.parse(JSON.stringify(found.map(maskSecret)));
    return {
      text: found
        .map((manifest) => stringify(maskSecret(manifest)))
        .join("---\n")
        .trimEnd(),
      json: shown,
    };
  },
};
