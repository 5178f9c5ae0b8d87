import { Failure } from "../../model/failure.ts";
import type { SlackAccess, SlackMessage } from "../../ports/slack.ts";
import { isLoopbackHost } from "../web/hosts.ts";
import { postJson } from "./post-json.ts";
import { refusal } from "./trouble.ts";

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks — the URL is the secret, so it is never shown. */
export const sendToWebhook = async (webhook: SlackAccess, message: SlackMessage): Promise<void> => {
  const url = webhookUrl(webhook);
  const answer = await postJson(url, { ...message, unfurl_links: false, unfurl_media: false });
  if (answer.status >= 200 && answer.status < 300) return;
  // 4xx: the body is one of Slack's error words, such as invalid_blocks or no_service.
  const word = /^[a-z_]{3,60}$/.exec(answer.text.trim())?.[0] ?? `http_${answer.status}`;
  throw refusal(word, webhook.secret, "the webhook's channel");
};

const webhookUrl = ({ credential, secret }: SlackAccess): string => {
  const url = URL.parse(credential);
  if (url !== null && (url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname)))) return url.href;
  throw new Failure(
    "SlackRefused",
    secret,
    `the secret ${secret} is not the https URL of an incoming webhook; copy it from Slack's app settings`,
  );
};
