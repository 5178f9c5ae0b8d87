import type { Unreadable } from "../state/items.ts";
import type { DriftWorld } from "./ports.ts";

/** An Application of which an item cannot be read is told, and keeps no other from being looked at. */
export const tellUnreadable =
  ({ journal }: Pick<DriftWorld, "journal">): Unreadable =>
  (application, { code, message }) =>
    journal.tell("scan-failed", { application, code, reason: message });
