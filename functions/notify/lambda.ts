import { readEnvironment } from "../../shared/adapters/environment.ts";
import { slackOver } from "../../shared/adapters/slack/web-api.ts";
import { placesOf } from "../../shared/notify/places.ts";
import { keepHistoryShort } from "../../shared/state/history-limit.ts";
import { rememberFailure } from "../../shared/state/last-failures.ts";
import type { NotifyMessage } from "../../shared/state/messages.ts";
import { tableNotices } from "../../shared/state/notices.ts";
import { clock, openJournal, queueAt, secretsOf, tableOf } from "../world/aws.ts";
import { readInstallation } from "../world/installation.ts";
import { notifyHandler } from "./handler.ts";

const environment = readEnvironment("notify", process.env);
const installation = readInstallation(environment.FAIRLEAD_CONFIG);

const table = tableOf(environment);

export const handler = notifyHandler({
  notices: tableNotices(table, clock),
  keepHistoryShort: (message) => keepHistoryShort(table, message, clock.now()),
  places: placesOf(installation.slack),
  slack: slackOver("https://slack.com/api"),
  secrets: secretsOf(environment),
  queue: queueAt<NotifyMessage>(environment.FAIRLEAD_NOTICES),
  clock,
  journal: openJournal("notify"),
  rememberFailure: rememberFailure(table, clock),
  link: installation.link,
});
