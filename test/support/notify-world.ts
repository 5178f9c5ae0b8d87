import type { ApplicationEvent } from "../../shared/model/event.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import type { NotifyWorld, Place } from "../../shared/notify/ports.ts";
import { writeEvent } from "../../shared/state/events.ts";
import type { NoticeMessage } from "../../shared/state/messages.ts";
import { tableNotices } from "../../shared/state/notices.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { memorySecrets } from "../fakes/memory-secrets.ts";
import { memoryCredential, memorySlack } from "../fakes/memory-slack.ts";
import { memoryTable } from "../fakes/memory-table.ts";
import { now } from "./webhook-world.ts";

export const webhookPlace = { kind: "slack-webhook", name: "deployments", secret: "slack" } as const satisfies Place;
export const botPlace = { kind: "slack-bot", name: "bot", secret: "slack", channel: "#deployments" } as const satisfies Place;

/** The notify stage's world over a table in memory, with a clock that stands until it is moved. */
export const notifyWorld = (places: readonly Place[]) => {
  const table = memoryTable();
  const slack = memorySlack();
  const queue = memoryQueue<NoticeMessage>();
  const told: { readonly event: string; readonly facts: JsonObject }[] = [];
  let time = now;
  const clock = { now: () => time };
  const world: NotifyWorld = {
    notices: tableNotices(table, clock),
    places,
    slack,
    secrets: memorySecrets({ slack: { value: memoryCredential } }),
    queue,
    clock,
    journal: { tell: (event, facts) => void told.push({ event, facts }) },
  };
  return {
    world,
    slack,
    queue,
    told,
    pass: (seconds: number) => {
      time += seconds * 1000;
    },
    /** Writes an event as the stage that caused it does, and gives the message for it. */
    happened: async (event: ApplicationEvent): Promise<NoticeMessage> => {
      await writeEvent(table, event, 1);
      return { v: 1, application: event.application, event: event.id };
    },
  };
};
