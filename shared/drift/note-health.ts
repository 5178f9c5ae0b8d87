import type { ApplicationEvent, EventKind } from "../model/event.ts";
import type { HealthStatus } from "../model/operation.ts";
import { announce } from "../state/announcing.ts";
import { type ApplicationState, tellsFailure } from "../state/application-state.ts";
import { readApplication } from "../state/applications.ts";
import { replacing } from "../state/change.ts";
import { nextEvent } from "../state/next-event.ts";
import { smallReason } from "../state/small.ts";
import { makeMove } from "../state/transitions.ts";
import type { DriftWorld } from "./ports.ts";

/** Health moved without a sync, such as a Deployment that lost its pods: recorded, and told once where it is news. */
export const noteHealth = async (
  name: string,
  state: ApplicationState,
  health: { readonly status: HealthStatus; readonly message?: string },
  world: DriftWorld,
): Promise<void> => {
  if (health.status === state.health || isAwaited(state)) return;
  const kind = newsOf(state.health, health.status);
  const event = kind && (await healthEvent(name, state, kind, health.message, world));
  if (event) await announce(world, event, state.fence);
  const answer = await makeMove(world.table, {
    application: name,
    move: "note",
    by: "scan",
    from: state,
    change: replacing({
      health: health.status,
      ...(!tellsFailure(state) && { reason: health.message === undefined ? undefined : smallReason(health.message) }),
      ...(event && { events: state.events + 1 }),
    }),
    condition: { fence: { equals: state.fence }, owner: { absent: true }, health: { equals: state.health } },
  });
  if (!answer.written || !event) return;
  world.journal.tell(`health-${event.kind}`, { application: name, cluster: state.cluster, reason: health.message });
};

/** A sync looks at the health of what it applied until it settles, and tells how that went; noted here first, nobody would hear of it. */
const isAwaited = ({ health, dueAt }: ApplicationState): boolean => health === "Progressing" && dueAt !== undefined;

const newsOf = (before: HealthStatus, after: HealthStatus): EventKind | undefined => {
  if (after === "Degraded") return "degraded";
  return after === "Healthy" && before === "Degraded" ? "healthy" : undefined;
};

const healthEvent = async (
  name: string,
  state: ApplicationState,
  kind: EventKind,
  reason: string | undefined,
  world: DriftWorld,
): Promise<ApplicationEvent | undefined> => {
  const application = await readApplication(world.table, name);
  return application && nextEvent(application, state, { kind, reason, trigger: "schedule", now: world.clock.now() });
};
