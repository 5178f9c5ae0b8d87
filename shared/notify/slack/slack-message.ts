import type { SlackMessage } from "../../ports/slack.ts";
import type { Telling } from "../service.ts";
import { messageFor } from "./message.ts";
import { summaryMessage } from "./summary-message.ts";

/** `link`: start of the address at which people see an Application. */
export const slackMessage = (telling: Telling, link: string | undefined): SlackMessage =>
  telling.kind === "event" ? messageFor(telling.event, { link, earlier: telling.earlier }) : summaryMessage(telling.summary);
