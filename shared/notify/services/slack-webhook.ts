import type { Place } from "../ports.ts";
import type { Service } from "../service.ts";
import { messageFor } from "../slack/message.ts";
import { slackAccess } from "./slack-access.ts";

export const slackWebhook: Service<Extract<Place, { kind: "slack-webhook" }>> = {
  changeable: false,

  async tell({ event }, place, { slack, secrets, link }) {
    await slack.send(await slackAccess(secrets, place.secret, "the incoming webhook's URL"), messageFor(event, { link }));
    return undefined;
  },
};
