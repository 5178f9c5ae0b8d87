import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCharts } from "../../shared/adapters/charts/charts.ts";
import { readEnvironment } from "../../shared/adapters/environment.ts";
import { createGit } from "../../shared/adapters/git/git.ts";
import { rememberFailure } from "../../shared/state/last-failures.ts";
import type { PushMessage, RenderMessage, SyncMessage } from "../../shared/state/messages.ts";
import { artifactsOf, clock, openJournal, queueAt, secretsOf, tableOf } from "../world/aws.ts";
import { readInstallation } from "../world/installation.ts";
import { accessBy } from "../world/repositories.ts";
import { toolVersions } from "../world/tools.ts";
import { fetchHandler } from "./handler.ts";

const environment = readEnvironment("fetch", process.env);
const installation = readInstallation(environment.FAIRLEAD_CONFIG);
const { repositoryBytes, chartBytes, bundleBytes } = installation.limits;
const allowHttp = installation.allowPlainHttp;
const folder = join(tmpdir(), "fairlead");

const table = tableOf(environment);

export const handler = fetchHandler({
  table,
  artifacts: artifactsOf(environment),
  git: createGit({ folder: join(folder, "git"), repositoryBytes, allowHttp }),
  charts: createCharts({ allowHttp, archiveBytes: chartBytes }),
  accessTo: accessBy(installation, secretsOf(environment)),
  pushes: queueAt<PushMessage>(environment.FAIRLEAD_PUSHES),
  renders: queueAt<RenderMessage>(environment.FAIRLEAD_RENDERS),
  syncs: queueAt<SyncMessage>(environment.FAIRLEAD_SYNCS.public ?? ""),
  clock,
  journal: openJournal("fetch"),
  rememberFailure: rememberFailure(table, clock),
  toolVersions,
  bundleBytes,
});
