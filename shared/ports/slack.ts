/**
 * Slack by incoming webhook or as a bot. Throws SlackUnreachable (try again, after `retryAfter` seconds where Slack said so; the message
 * may have arrived when the answer was lost) and SlackRefused (it never will).
 */
export interface Slack {
  /** Posts to the channel that the webhook belongs to. What was posted cannot be found again. */
  send(webhook: SlackAccess, message: SlackMessage): Promise<void>;
  post(bot: SlackAccess, channel: string, message: SlackMessage): Promise<PostedMessage>;
  /** `gone` when that message cannot be changed any more: deleted, or too old for the workspace's rules. */
  update(bot: SlackAccess, posted: PostedMessage, message: SlackMessage): Promise<"updated" | "gone">;
}

/** The webhook's URL or the bot's token, and the name of the secret it came from, for messages to people. */
export interface SlackAccess {
  readonly credential: string;
  readonly secret: string;
}

export interface PostedMessage {
  /** Slack's id of the channel, whatever it was called when posting. */
  readonly channel: string;
  readonly ts: string;
}

/** Block Kit, as far as messages of ours use it: https://docs.slack.dev/reference/block-kit/blocks */
export interface SlackMessage {
  /** What notifications and screen readers show. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

export type SlackBlock =
  | { readonly type: "section"; readonly text: Mrkdwn }
  | { readonly type: "context"; readonly elements: readonly (Mrkdwn | PlainText)[] }
  | { readonly type: "rich_text"; readonly elements: readonly [Preformatted] };

/** `verbatim`: names of people, channels and URLs in it stay what they are. */
export interface Mrkdwn {
  readonly type: "mrkdwn";
  readonly text: string;
  readonly verbatim: true;
}

/** Nothing in it is markup. */
export interface PlainText {
  readonly type: "plain_text";
  readonly text: string;
  readonly emoji: false;
}

/** Nothing in it is markup, not even its own fence. */
export interface Preformatted {
  readonly type: "rich_text_preformatted";
  readonly elements: readonly [{ readonly type: "text"; readonly text: string }];
}
