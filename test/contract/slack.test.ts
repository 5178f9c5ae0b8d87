import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SlackStandIn, startSlack, type Trouble } from "../../infra/local/stand-ins/slack.ts";
import { slackOver } from "../../shared/adapters/slack/web-api.ts";
import { messageFor } from "../../shared/notify/slack/message.ts";
import type { Slack, SlackMessage } from "../../shared/ports/slack.ts";
import { memoryCredential, memorySlack } from "../fakes/memory-slack.ts";
import { freeGate } from "../simulation/free.ts";
import { gatedSlack } from "../simulation/ports/others.ts";
import { eventOf } from "../support/events.ts";

interface Setting {
  readonly slack: Slack;
  readonly webhook: string;
  readonly token: string;
  readonly texts: () => readonly string[];
}

let standIn: SlackStandIn;
beforeAll(async () => {
  standIn = await startSlack();
});
afterAll(() => standIn.stop());

const settings: Readonly<Record<string, () => Setting>> = {
  "in memory": () => {
    const slack = memorySlack();
    return { slack, webhook: memoryCredential, token: memoryCredential, texts: () => slack.messages().map(({ text }) => text) };
  },
  simulated: () => {
    const slack = memorySlack();
    const texts = () => slack.messages().map(({ text }) => text);
    return { slack: gatedSlack(slack, freeGate().call), webhook: memoryCredential, token: memoryCredential, texts };
  },
  "over HTTP": () => {
    const before = standIn.messages().length;
    const texts = () =>
      standIn
        .messages()
        .slice(before)
        .map(({ text }) => text);
    return { slack: slackOver(standIn.apiUrl), webhook: standIn.webhookUrl, token: standIn.token, texts };
  },
};

const access = (credential: string) => ({ credential, secret: "slack" });
const message = messageFor(eventOf());
const said = (text: string): SlackMessage => ({ ...message, text });
const section = (text: string): SlackMessage => ({
  text: "x",
  blocks: [{ type: "section", text: { type: "mrkdwn", text, verbatim: true } }],
});

describe.each(Object.entries(settings))("Slack %s", (_, open) => {
  it("takes a message by webhook", async () => {
    const { slack, webhook, texts } = open();
    await slack.send(access(webhook), message);
    expect(texts()).toEqual([message.text]);
  });

  it("takes a message from a bot, which may change it", async () => {
    const { slack, token, texts } = open();
    const posted = await slack.post(access(token), "#deployments", said("first"));
    await slack.post(access(token), "#deployments", said("another"));
    expect(await slack.update(access(token), posted, said("second"))).toBe("updated");
    expect(texts()).toEqual(["second", "another"]);
  });

  it("says when a message to change is gone", async () => {
    const { slack, token, texts } = open();
    const posted = await slack.post(access(token), "#deployments", said("first"));
    expect(await slack.update(access(token), { ...posted, ts: "1.000001" }, said("second"))).toBe("gone");
    expect(texts()).toEqual(["first"]);
  });

  it.each([
    ["a text of 3,001 characters", section("x".repeat(3_001)), "invalid_blocks"],
    ["an empty text", section(""), "invalid_blocks"],
    [
      "51 blocks",
      { text: "x", blocks: Array.from({ length: 51 }, () => section("x").blocks[0]).flatMap((block) => block ?? []) },
      "invalid_blocks",
    ],
    [
      "14,000 characters in all",
      { text: "x", blocks: Array.from({ length: 5 }, () => section("x".repeat(2_800)).blocks).flat() },
      "msg_blocks_too_long",
    ],
    ["nothing to say", { text: "", blocks: [] }, "no_text"],
  ])("refuses %s for ever", async (_, refused, word) => {
    const { slack, token, webhook, texts } = open();
    const failure = { code: "SlackRefused", retry: false, message: expect.stringContaining(word) };
    await expect(slack.post(access(token), "#deployments", refused)).rejects.toMatchObject(failure);
    await expect(slack.send(access(webhook), refused)).rejects.toMatchObject(failure);
    expect(texts()).toEqual([]);
  });

  it("refuses a wrong token and an unknown channel for ever", async () => {
    const { slack, token } = open();
    const refused = (word: string) => ({ code: "SlackRefused", retry: false, message: expect.stringContaining(word) });
    await expect(slack.post(access("wrong"), "#deployments", message)).rejects.toMatchObject(refused("invalid_auth"));
    await expect(slack.post(access(token), "#nowhere", message)).rejects.toMatchObject(refused("channel_not_found"));
  });
});

describe("Slack over HTTP", () => {
  const slack = () => slackOver(standIn.apiUrl);
  const answering = (...troubles: readonly Trouble[]) => standIn.answerNext(...troubles);

  it.each([
    ["429 with its pause", { status: 429, retryAfter: 7 }, 7],
    ["429 with an endless pause", { status: 429, retryAfter: 1e9 }, 3_600],
    ["500", { status: 500 }, undefined],
    ["503", { status: 503, text: "<html>" }, undefined],
    ["an answer that is no JSON", { status: 200, text: "<html>" }, undefined],
    ["its own internal error", { status: 200, text: '{"ok":false,"error":"internal_error"}' }, undefined],
  ])("may be tried again after %s", async (_, trouble, retryAfter) => {
    answering(trouble);
    await expect(slack().post(access(standIn.token), "#deployments", message)).rejects.toMatchObject({
      code: "SlackUnreachable",
      retry: true,
      retryAfter,
    });
    expect((await slack().post(access(standIn.token), "#deployments", message)).ts).toMatch(/^\d+\.\d+$/);
  });

  it("may be tried again by webhook after 429, too", async () => {
    answering({ status: 429, retryAfter: 2 });
    await expect(slack().send(access(standIn.webhookUrl), message)).rejects.toMatchObject({ code: "SlackUnreachable", retryAfter: 2 });
  });

  it("is unreachable when nothing listens, and the webhook's URL is in no message", async () => {
    const gone = await startSlack();
    await gone.stop();
    const failed = await slack()
      .send(access(gone.webhookUrl), message)
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "SlackUnreachable", retry: true, message: expect.stringContaining("ECONNREFUSED") });
    expect(`${JSON.stringify(failed)}${failed}${failed instanceof Error ? failed.cause : ""}`).not.toContain("/services/");
  });

  it("is not followed to another place: the message and the token are for Slack only (S-03)", async () => {
    const before = standIn.messages().length;
    answering({ status: 307, location: standIn.webhookUrl });
    await expect(slack().post(access(standIn.token), "#deployments", message)).rejects.toMatchObject({ code: "SlackUnreachable" });
    expect(standIn.messages()).toHaveLength(before);
  });

  it.each(["http://hooks.example.com/services/T/B/x", "ftp://x/y", "not a URL", "http://169.254.169.254/services/x"])(
    "by webhook is https only: %s is refused, and not shown",
    async (url) => {
      const failed = slack().send(access(url), message);
      await expect(failed).rejects.toMatchObject({ code: "SlackRefused", subject: "slack" });
      await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining(url) });
    },
  );

  it("says what to do when the webhook was removed", async () => {
    await expect(slack().send(access(`${standIn.webhookUrl}-removed`), message)).rejects.toMatchObject({
      code: "SlackRefused",
      message: expect.stringContaining("make a new one"),
    });
  });
});

describe("the page of the stand-in", () => {
  it("shows the messages as people would read them, and what is foreign as text", async () => {
    const text = "<img src=x onerror=alert(1)>";
    await slackOver(standIn.apiUrl).send(
      access(standIn.webhookUrl),
      messageFor(eventOf({ pusher: text, kind: "failed", reason: `${text} failed` })),
    );
    const page = await (await fetch(standIn.url)).text();
    expect(page).toContain("could not be synced on <code>harbor/production</code>");
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt; failed");
    expect(page).not.toContain("<img");
    expect(page).toContain("prefers-color-scheme: dark");
  });
});
