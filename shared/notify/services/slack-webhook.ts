import type { Place } from "../ports.ts";
import type { Service } from "../service.ts";
import { slackMessage } from "../slack/slack-message.ts";
import { slackAccess } from "./slack-access.ts";

export const slackWebhook: Service<Extract<Place, { kind: "slack-webhook" }>> = {
  changeable: false,

  async tell(telling, place, { slack, secrets, link }) {
    await slack.send(await slackAccess(secrets, place.secret, "the incoming webhook's URL"), slackMessage(telling, link));
    return undefined;
  },
};
