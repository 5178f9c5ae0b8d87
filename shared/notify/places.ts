import type { Place } from "./ports.ts";

/** A row of the installation file's `slack`, which its rules have checked: a webhook, or a token with a channel. */
export interface SlackRow {
  readonly name: string;
  readonly webhookSecret?: string | undefined;
  readonly tokenSecret?: string | undefined;
  readonly channel?: string | undefined;
  readonly projects?: readonly string[] | undefined;
}

export const placesOf = (rows: readonly SlackRow[]): readonly Place[] =>
  rows.flatMap(({ name, webhookSecret, tokenSecret, channel, projects }): readonly Place[] => {
    const common = { name, ...(projects === undefined ? {} : { projects }) };
    if (webhookSecret !== undefined) return [{ ...common, kind: "slack-webhook", secret: webhookSecret }];
    if (tokenSecret !== undefined && channel !== undefined) return [{ ...common, kind: "slack-bot", secret: tokenSecret, channel }];
    return [];
  });
