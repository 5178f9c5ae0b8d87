import type { ApplicationEvent } from "../../shared/model/event.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import type { NotifyWorld, Place } from "../../shared/notify/ports.ts";
import type { Table } from "../../shared/ports/table.ts";
import { writeEvent } from "../../shared/state/events.ts";
import type { NoticeMessage, NotifyMessage } from "../../shared/state/messages.ts";
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
  const queue = memoryQueue<NotifyMessage>();
  const told: { readonly event: string; readonly facts: JsonObject }[] = [];
  let time = now;
  let writesLeft: number | undefined;
  const dying =
    <Given extends readonly unknown[], Answer>(write: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      const answer = await write(...given);
      if (writesLeft !== undefined && --writesLeft === 0) throw new Error("the worker died");
      return answer;
    };
  const dyingTable: Table = { ...table, put: dying(table.put), update: dying(table.update), delete: dying(table.delete) };
  const clock = { now: () => time };
  const world: NotifyWorld = {
    notices: tableNotices(dyingTable, clock),
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
    /** `pk` and `sk` of all items. */
    keys: () => table.items().map(({ pk, sk }) => `${pk} ${sk}`),
    pass: (seconds: number) => {
      time += seconds * 1000;
    },
    /** The worker dies after so many writes; undefined: it does not. */
    interrupt: (writes: number | undefined) => {
      writesLeft = writes;
    },
    /** Writes an event as the stage that caused it does, and gives the message for it. */
    happened: async (event: ApplicationEvent): Promise<NoticeMessage> => {
      await writeEvent(table, event, 1);
      return { v: 1, application: event.application, event: event.id };
    },
  };
};
