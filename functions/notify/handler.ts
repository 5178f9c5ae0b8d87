import type { NotifyWorld } from "../../shared/notify/ports.ts";
import { tellPeople } from "../../shared/notify/tell-people.ts";
import { tellSummary } from "../../shared/notify/tell-summary.ts";
import { type NoticeMessage, NotifyMessage } from "../../shared/state/messages.ts";
import { type BatchHandler, type BatchWorld, batchOf } from "../batch.ts";

export interface NotifyFunctionWorld extends NotifyWorld, BatchWorld {
  /** Called for what everybody has been told. */
  readonly keepHistoryShort: (message: NoticeMessage) => Promise<void>;
}

/** What cannot be told yet goes back as a new message: waiting for Slack must not use up the five tries before the dead-letter queue. */
export const notifyHandler = (world: NotifyFunctionWorld): BatchHandler =>
  batchOf(NotifyMessage, world, async (message) => {
    const isEvent = "event" in message;
    const later = await (isEvent ? tellPeople(message, world) : tellSummary(message, world));
    if (later === undefined) return isEvent ? world.keepHistoryShort(message) : undefined;
    await world.queue.send([{ body: later.again, delaySeconds: later.seconds, group: later.group }]);
  });
