import { readEnvironment } from "../../shared/adapters/environment.ts";
import { rememberFailure } from "../../shared/state/last-failures.ts";
import type { SyncMessage } from "../../shared/state/messages.ts";
import { artifactsOf, clock, openJournal, queueAt, tableOf } from "../world/aws.ts";
import { cageOf } from "../world/cage.ts";
import { readInstallation } from "../world/installation.ts";
import { renderLimitsOf } from "../world/render-limits.ts";
import { renderHandler } from "./handler.ts";

const environment = readEnvironment("render", process.env);

const table = tableOf(environment);

export const handler = renderHandler({
  table,
  artifacts: artifactsOf(environment),
  cage: cageOf(environment),
  limits: renderLimitsOf(readInstallation(environment.FAIRLEAD_CONFIG)),
  syncs: queueAt<SyncMessage>(environment.FAIRLEAD_SYNCS.public ?? ""),
  journal: openJournal("render"),
  rememberFailure: rememberFailure(table, clock),
});
