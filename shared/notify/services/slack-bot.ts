import type { PostedMessage } from "../../ports/slack.ts";
import type { Place } from "../ports.ts";
import type { Service } from "../service.ts";
import { slackMessage } from "../slack/slack-message.ts";
import { slackAccess } from "./slack-access.ts";

export const slackBot: Service<Extract<Place, { kind: "slack-bot" }>> = {
  changeable: true,

  async tell(telling, place, { slack, secrets, link }) {
    const { update } = telling;
    const bot = await slackAccess(secrets, place.secret, "the bot's token");
    const message = slackMessage(telling, link);
    const posted = update === undefined ? undefined : parsePosted(update);
    if (posted && (await slack.update(bot, posted, message)) === "updated") return update;
    return formatPosted(await slack.post(bot, place.channel, message));
  },
};

/** `C024BE91L/1503435956.000247` */
const formatPosted = ({ channel, ts }: PostedMessage): string => `${channel}/${ts}`;

const parsePosted = (text: string): PostedMessage | undefined => {
  const [channel, ts] = text.split("/");
  return channel === undefined || ts === undefined ? undefined : { channel, ts };
};
