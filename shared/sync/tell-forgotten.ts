import type { Application } from "../model/application.ts";
import type { Forgotten } from "../state/forgetting.ts";
import type { NextStep } from "./outcome.ts";
import type { SyncWorld } from "./ports.ts";

/** Whoever declared the name meanwhile declares it now. */
export const tellForgotten = async (
  { name, project }: Pick<Application, "name" | "project">,
  forgotten: Forgotten,
  world: SyncWorld,
): Promise<NextStep> => {
  world.journal.tell("application-removed", { application: name });
  if (forgotten.state === "forgotten" && forgotten.awaitedBy !== undefined)
    await world.syncs.send([{ body: { v: 1, application: forgotten.awaitedBy }, group: project }]);
  return { done: true };
};
