import { describe, expect, it } from "vitest";
import { notifyHandler } from "../../../functions/notify/handler.ts";
import { Failure } from "../../../shared/model/failure.ts";
import type { NoticeMessage } from "../../../shared/state/messages.ts";
import { eventOf } from "../../support/events.ts";
import { notifyWorld, webhookPlace } from "../../support/notify-world.ts";
import { sqsBatch as batch } from "../../support/sqs-batch.ts";

describe("the notify function", () => {
  it("tells what it can, has history kept short after it, and hands back only messages it cannot read", async () => {
    const { world, slack, happened } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    const shortened: NoticeMessage[] = [];
    const answer = await notifyHandler({ ...world, keepHistoryShort: async (done) => void shortened.push(done) })(
      batch(message, "not JSON", { v: 2, application: "web", event: "1" }, { v: 1, application: "web", event: "gone" }),
    );
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: "m1" }, { itemIdentifier: "m2" }]);
    expect(slack.messages()).toHaveLength(1);
    expect(shortened).toHaveLength(2);
    expect(shortened).toEqual(expect.arrayContaining([message, { v: 1, application: "web", event: "gone" }]));
  });

  it("sends itself a delayed message while Slack is away, so that waiting costs no tries", async () => {
    const { world, slack, queue, happened } = notifyWorld([webhookPlace]);
    const message = await happened(eventOf());
    slack.failNext(new Failure("SlackUnreachable", "Slack", "asked for a pause", { retryAfter: 3_600 }));
    const keepHistoryShort = async () => expect.unreachable("history is not shortened before everybody has heard it");
    expect(await notifyHandler({ ...world, keepHistoryShort })(batch(message))).toEqual({ batchItemFailures: [] });
    expect(queue.sent).toEqual([{ body: message, delaySeconds: 900, group: "shop" }]);
  });
});
