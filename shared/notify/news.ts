import type { ApplicationEvent, EventKind } from "../model/event.ts";
import { updateWithin } from "./cause.ts";
import type { Shown } from "./ports.ts";

/** What may be written over what, within one operation. Anything else is worth a message of its own. */
const follows: Readonly<Record<EventKind, readonly EventKind[]>> = {
  running: ["failed", "waiting-for-approval"],
  synced: ["running", "failed", "waiting-for-approval", "out-of-sync"],
  failed: ["running", "failed", "waiting-for-approval", "out-of-sync"],
  healthy: ["running", "synced", "healthy"],
  degraded: ["running", "synced"],
  "drift-found": ["drift-found"],
  "drift-healed": ["running", "drift-found"],
  "waiting-for-approval": ["running", "waiting-for-approval"],
  "out-of-sync": ["out-of-sync"],
};

/** The message to change instead of posting another one. */
export const messageToUpdate = (event: ApplicationEvent, previous: Shown | undefined, now: number): string | undefined =>
  previous?.message !== undefined && follows[event.kind].includes(previous.kind) && now - previous.at <= updateWithin
    ? previous.message
    : undefined;

/**
 * Whether people want to hear of it. Where messages can be changed, every step may show in the one message; where they cannot, only what
 * ends something is told, and "healthy" only to those who had heard "degraded".
 */
export const isNews = (event: ApplicationEvent, previous: Shown | undefined, changeable: boolean): boolean => {
  if (previous !== undefined && previous.event > event.id) return !isStep(event.kind);
  if (event.kind === "healthy")
    return previous?.kind === "degraded" || (changeable && (previous?.message ?? previous?.summary) !== undefined);
  return changeable || event.kind !== "running";
};

/** Steps say nothing once a later one has been told. */
const isStep = (kind: EventKind): boolean => kind === "running" || kind === "healthy";
