import { readEnvironment } from "../../shared/adapters/environment.ts";
import { slackOver } from "../../shared/adapters/slack/web-api.ts";
import { placesOf } from "../../shared/notify/places.ts";
import type { NoticeMessage } from "../../shared/state/messages.ts";
import { tableNotices } from "../../shared/state/notices.ts";
import { clock, openJournal, queueAt, secretsOf, tableOf } from "../world/aws.ts";
import { readInstallation } from "../world/installation.ts";
import { notifyHandler } from "./handler.ts";

const environment = readEnvironment("notify", process.env);
const installation = readInstallation(environment.FAIRLEAD_CONFIG);

export const handler = notifyHandler({
  notices: tableNotices(tableOf(environment), clock),
  places: placesOf(installation.slack),
  slack: slackOver("https://slack.com/api"),
  secrets: secretsOf(environment),
  queue: queueAt<NoticeMessage>(environment.FAIRLEAD_NOTICES),
  clock,
  journal: openJournal("notify"),
  link: installation.link,
});
