import type { Application } from "../model/application.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { currentEpoch } from "../state/epochs.ts";
import { epochOf, isAwaitingGit, renew } from "../state/renewal.ts";
import type { SyncWorld } from "./ports.ts";

/**
 * Whether a step may be taken on what the table says. Where it was restored from a backup since this Application was looked at, that is over: the
 * sources are read again first, and the hint for it is sent from here.
 */
export const standsInEpoch = async (application: Application, state: ApplicationState, world: SyncWorld): Promise<boolean> => {
  const epoch = await currentEpoch(world);
  const { name, project } = application;
  if (epochOf(state) === epoch && !isAwaitingGit(state)) return true;
  await renew(world.table, name, { state, epoch, at: world.clock.now() });
  await world.pushes.send([{ body: { v: 1, kind: "application", application: name }, group: project }]);
  return false;
};
