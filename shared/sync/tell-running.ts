import type { Application } from "../model/application.ts";
import { announce } from "../state/announcing.ts";
import type { ApplicationState } from "../state/application-state.ts";
import { runningEventId } from "../state/events.ts";
import type { Lease } from "../state/leases.ts";
import { nextEvent } from "../state/next-event.ts";
import type { Plan } from "./plan.ts";
import type { SyncWorld } from "./ports.ts";

interface RunningSubject {
  readonly application: Application;
  readonly state: ApplicationState;
  readonly lease: Lease;
}

/** From this many changes on, or with a second wave, an operation lasts long enough that people want to see it begin. */
const manyChanges = 100;

/**
 * Says that an operation is under way, where it takes long: a bot's message begins here and changes as the operation goes on. Short ones are
 * told when they have ended, so that they cost no further write.
 */
export const tellRunning = async (plan: Plan, subject: RunningSubject, world: SyncWorld): Promise<void> => {
  if (!takesLong(plan)) return;
  const { application, state, lease } = subject;
  const id = runningEventId(state.events);
  await announce(world, { ...nextEvent(application, state, { kind: "running", now: world.clock.now() }), id }, lease.fence);
};

const takesLong = ({ waves, prune }: Plan): boolean => {
  const changing = waves.map(({ changes }) => changes.filter(({ kind }) => kind !== "unchanged").length).filter((count) => count > 0);
  return changing.length > 1 || changing.reduce((sum, count) => sum + count, prune.length) >= manyChanges;
};
