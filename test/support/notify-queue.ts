import { notifyHandler } from "../../functions/notify/handler.ts";
import type { ApplicationEvent } from "../../shared/model/event.ts";
import { Failure } from "../../shared/model/failure.ts";
import type { Place } from "../../shared/notify/ports.ts";
import type { NotifyMessage } from "../../shared/state/messages.ts";
import { eventOf } from "./events.ts";
import { notifyWorld } from "./notify-world.ts";
import { sqsBatch } from "./sqs-batch.ts";

/** Of a chart: it has a version and no commit. */
const withoutCommit = ({ commit, ...event }: ApplicationEvent): ApplicationEvent => event;

/** The notify function with its queue: messages are worked on when they are due, and the clock goes from one to the next. */
export const openNotify = (places: readonly Place[]) => {
  const notify = notifyWorld(places);
  const { world, slack, queue, pass, happened } = notify;
  const handler = notifyHandler({ ...world, keepHistoryShort: async () => undefined });
  const waiting: { at: number; body: NotifyMessage }[] = [];
  let sent = 0;
  let away = false;
  const work = async (body: NotifyMessage) => {
    if (away) slack.failNext(...places.map(() => new Failure("SlackUnreachable", "Slack", "503")));
    await handler(sqsBatch(body));
    // What a message did not come to need must not fail the next one.
    slack.recover();
    for (const { body: next, delaySeconds = 0 } of queue.sent.slice(sent))
      waiting.push({ at: world.clock.now() + delaySeconds * 1000, body: next });
    sent = queue.sent.length;
  };
  /** Works on all that is due within so many seconds. */
  const run = async (seconds: number): Promise<void> => {
    const until = world.clock.now() + seconds * 1000;
    for (;;) {
      const next = waiting.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      waiting.splice(waiting.indexOf(next), 1);
      pass(Math.max(0, next.at - world.clock.now()) / 1000);
      await work(next.body);
    }
    pass((until - world.clock.now()) / 1000);
  };
  /** An event of each of so many Applications, all at once. */
  const burst = async (count: number, change: (at: number) => Partial<ApplicationEvent> = () => ({})) => {
    const at = new Date(world.clock.now()).toISOString();
    for (let n = 0; n < count; n++) {
      const { revision, ...changes } = { application: `app-${n}`, at, ...change(n) };
      const event = revision === undefined ? eventOf(changes) : withoutCommit(eventOf({ ...changes, revision }));
      await work(await happened(event));
    }
  };
  const outage = (on: boolean) => {
    away = on;
  };
  const texts = () => slack.messages().map(({ text, blocks }) => `${text}\n${JSON.stringify(blocks)}`);
  return { ...notify, burst, run, work, texts, waiting, outage };
};
