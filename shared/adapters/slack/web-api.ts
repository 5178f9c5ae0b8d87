import * as z from "zod/mini";
import { Failure } from "../../model/failure.ts";
import type { PostedMessage, Slack, SlackAccess, SlackMessage } from "../../ports/slack.ts";
import { sendToWebhook } from "./incoming-webhook.ts";
import { postJson, type SlackAnswer } from "./post-json.ts";
import { refusal, unreachable } from "./trouble.ts";

const Answer = z.object({
  ok: z.boolean(),
  error: z.optional(z.string()),
  channel: z.optional(z.string()),
  ts: z.optional(z.string()),
});
type Answer = z.infer<typeof Answer>;

/** Errors that say nothing about us: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const passing = new Set([
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

/** The message is not there to be changed any more; a new one says the same. */
const goneForUpdates = new Set(["message_not_found", "cant_update_message", "edit_window_closed"]);

/** Slack's web API (`https://slack.com/api`, or the stand-in's) and incoming webhooks. */
export const slackOver = (apiUrl: string): Slack => ({
  send: sendToWebhook,

  async post(bot, channel, message) {
    const answer = await call(apiUrl, "chat.postMessage", bot, { channel, ...bodyOf(message) });
    return postedOf(okOr(answer, bot, channel));
  },

  async update(bot, posted, message) {
    const answer = await call(apiUrl, "chat.update", bot, { channel: posted.channel, ts: posted.ts, ...bodyOf(message) });
    if (!answer.ok && goneForUpdates.has(answer.error ?? "")) return "gone";
    okOr(answer, bot, posted.channel);
    return "updated";
  },
});

/** No part of a message may unfurl: a foreign URL must not make Slack fetch it. */
const bodyOf = (message: SlackMessage) => ({ ...message, parse: "none", link_names: false, unfurl_links: false, unfurl_media: false });

const call = async (apiUrl: string, method: string, bot: SlackAccess, body: object): Promise<Answer> => {
  const answer = await postJson(`${apiUrl}/${method}`, body, { authorization: `Bearer ${bot.credential}` });
  return parse(answer, method);
};

const parse = (answer: SlackAnswer, method: string): Answer => {
  try {
    return Answer.parse(JSON.parse(answer.text));
  } catch (cause) {
    throw unreachable(`Slack's answer to ${method} (HTTP ${answer.status}) is not what its API gives`, { cause });
  }
};

const okOr = (answer: Answer, bot: SlackAccess, channel: string): Answer => {
  if (answer.ok) return answer;
  const error = answer.error ?? "unknown_error";
  if (passing.has(error)) throw unreachable(`Slack answered ${error}`);
  throw refusal(error, bot.secret, channel);
};

const postedOf = ({ channel, ts }: Answer): PostedMessage => {
  if (channel === undefined || ts === undefined)
    throw new Failure("SlackUnreachable", "Slack", "Slack took a message without saying which one it became");
  return { channel, ts };
};
