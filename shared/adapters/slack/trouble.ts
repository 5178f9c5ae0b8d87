import { Failure } from "../../model/failure.ts";

export const unreachable = (message: string, options: { readonly cause?: unknown; readonly retryAfter?: number } = {}): Failure =>
  new Failure("SlackUnreachable", "Slack", message, options);

/** What people can do about Slack's error words. */
const remedies: Readonly<Record<string, string>> = {
  channel_not_found: "invite the bot to that channel, or correct `channel` in the installation file",
  not_in_channel: "invite the bot to that channel",
  is_archived: "unarchive that channel or name another one in the installation file",
  channel_is_archived: "unarchive that channel or make a webhook for another one",
  not_authed: "put the bot's token (xoxb-…) into that secret",
  invalid_auth: "put the bot's token (xoxb-…) into that secret",
  token_revoked: "install the Slack app again and put its new token into that secret",
  token_expired: "install the Slack app again and put its new token into that secret",
  account_inactive: "install the Slack app again and put its new token into that secret",
  missing_scope: "give the Slack app the scope chat:write and install it again",
  no_service: "the webhook was removed in Slack; make a new one and put its URL into that secret",
  no_service_id: "put the webhook's whole URL into that secret",
  invalid_token: "the webhook was removed in Slack; make a new one and put its URL into that secret",
  invalid_blocks: "this is a mistake of ours; please report it with the event",
  invalid_blocks_format: "this is a mistake of ours; please report it with the event",
  msg_blocks_too_long: "this is a mistake of ours; please report it with the event",
};

/** Slack will not take it, however often it is tried. */
export const refusal = (error: string, secret: string, channel: string): Failure =>
  new Failure(
    "SlackRefused",
    channel,
    `Slack refused a message for ${channel} (${error}, with the secret ${secret}): ${remedies[error] ?? "see Slack's documentation of this error"}`,
  );
