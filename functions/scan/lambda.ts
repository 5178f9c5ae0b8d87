import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { readEnvironment } from "../../shared/adapters/environment.ts";
import { openRefs } from "../../shared/adapters/git/refs.ts";
import { openJq } from "../../shared/adapters/jq/jq.ts";
import { driftSettingsOf } from "../../shared/config/drift-settings.ts";
import { resolveRevision } from "../../shared/fetch/resolve/revision.ts";
import { Failure } from "../../shared/model/failure.ts";
import { declareControl } from "../../shared/registry/declare-control.ts";
import { askHost } from "../../shared/state/hosts.ts";
import type { NoticeMessage, PushMessage, SyncMessage } from "../../shared/state/messages.ts";
import { artifactsOf, clock, isOneMachine, openJournal, queueAt, secretsOf, tableOf } from "../world/aws.ts";
import { clusterNamesOf, clustersOf, requestBudgetOf } from "../world/clusters.ts";
import { fingerprintKeyOf } from "../world/fingerprints.ts";
import { readInstallation } from "../world/installation.ts";
import { accessBy } from "../world/repositories.ts";
import { scanHandler } from "./handler.ts";
import { pollSecondsBy } from "./poll-seconds.ts";

const environment = readEnvironment("scan", process.env);
const installation = readInstallation(environment.FAIRLEAD_CONFIG);
const table = tableOf(environment);
const secrets = secretsOf(environment);
const pushes = queueAt<PushMessage>(environment.FAIRLEAD_PUSHES);
const git = openRefs({ allowHttp: installation.allowPlainHttp });
const journal = openJournal("scan");
const accessTo = accessBy(installation, secrets);

export const handler = scanHandler({
  table,
  artifacts: artifactsOf(environment),
  clusters: clustersOf(installation, table, secrets),
  clusterNames: () => clusterNamesOf(installation, table),
  pushes,
  syncs: queueAt<SyncMessage>(environment.FAIRLEAD_SYNCS.public ?? ""),
  notices: queueAt<NoticeMessage>(environment.FAIRLEAD_NOTICES),
  clock,
  journal,
  fingerprintKey: fingerprintKeyOf(secrets),
  listRefs: async (url, also) => {
    const access = await accessTo(url);
    return askHost(access, url, { table, clock, journal }, () => git.listRefs(access, also));
  },
  pollSeconds: pollSecondsBy(installation),
  resolve: (selector, refs) => {
    const resolved = resolveRevision(selector, refs);
    return resolved instanceof Failure ? undefined : resolved;
  },
  drift: driftSettingsOf(installation, { watch: isOneMachine(environment) }),
  pause: (milliseconds) => pause(milliseconds),
  newName: randomUUID,
  peoplesTools: installation.drift.peoplesTools,
  jq: openJq(),
  budget: requestBudgetOf(installation),
  declareControl: () => declareControl({ table, clock, pushes, installation }),
});
