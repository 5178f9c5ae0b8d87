import { checkMessage } from "../../infra/local/stand-ins/slack-blocks.ts";
import { Failure } from "../../shared/model/failure.ts";
import type { Slack, SlackMessage } from "../../shared/ports/slack.ts";

export interface MemorySlack extends Slack {
  /** What stands in the channels now, oldest first; `changes` counts updates. */
  messages(): readonly (SlackMessage & { readonly channel: string; readonly changes: number })[];
  /** The next calls fail with these, in order; `"lost answer"` takes the message and fails all the same. */
  failNext(...failures: readonly (Failure | "lost answer")[]): void;
  /** Calls that were to fail do not any more. */
  recover(): void;
}

export const memoryCredential = "right";

/** A Slack in memory with Slack's limits, one webhook and one bot, both with the same credential. */
export const memorySlack = (): MemorySlack => {
  const messages: { channel: string; message: SlackMessage; changes: number }[] = [];
  const failures: (Failure | "lost answer")[] = [];

  const act = <T>(credential: string, channel: string, message: SlackMessage, take: () => T): T => {
    const failure = failures.shift();
    if (failure instanceof Failure) throw failure;
    if (credential !== memoryCredential) throw new Failure("SlackRefused", channel, "invalid_auth");
    if (channel === "#nowhere") throw new Failure("SlackRefused", channel, "channel_not_found");
    const checked = checkMessage(message);
    if ("error" in checked) throw new Failure("SlackRefused", channel, checked.error);
    const taken = take();
    if (failure === "lost answer") throw new Failure("SlackUnreachable", "Slack", "no answer");
    return taken;
  };

  return {
    messages: () => messages.map(({ channel, message, changes }) => ({ channel, ...message, changes })),
    failNext: (...next) => void failures.push(...next),
    recover: () => void failures.splice(0),
    send: async ({ credential }, message) => {
      act(credential, "webhook", message, () => messages.push({ channel: "webhook", message, changes: 0 }));
    },
    post: async ({ credential }, channel, message) =>
      act(credential, channel, message, () => {
        messages.push({ channel, message, changes: 0 });
        return { channel, ts: `${messages.length}.0` };
      }),
    update: async ({ credential }, { channel, ts }, message) =>
      act(credential, channel, message, () => {
        const found = messages.find((each, at) => `${at + 1}.0` === ts && each.channel === channel);
        if (!found) return "gone";
        found.message = message;
        found.changes++;
        return "updated";
      }),
  };
};
