import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { readEnvironment } from "../../shared/adapters/environment.ts";
import { openJq } from "../../shared/adapters/jq/jq.ts";
import { registerObjects, registryClaims } from "../../shared/registry/register-objects.ts";
import { withdrawChildren } from "../../shared/registry/withdraw-children.ts";
import { rememberFailure } from "../../shared/state/last-failures.ts";
import type { NoticeMessage, PushMessage, RenderMessage, SyncMessage } from "../../shared/state/messages.ts";
import { openTurns } from "../../shared/sync/turns/turns.ts";
import { stayingHidden } from "../staying-hidden.ts";
import { artifactsOf, clock, hidingAt, openJournal, queueAt, secretsOf, tableOf } from "../world/aws.ts";
import { clustersOf, requestBudgetOf } from "../world/clusters.ts";
import { fingerprintKeyOf } from "../world/fingerprints.ts";
import { readInstallation } from "../world/installation.ts";
import { renderLimitsOf } from "../world/render-limits.ts";
import { syncHandler } from "./handler.ts";

const environment = readEnvironment("sync", process.env);
const installation = readInstallation(environment.FAIRLEAD_CONFIG);
const table = tableOf(environment);
const secrets = secretsOf(environment);
const pushes = queueAt<PushMessage>(environment.FAIRLEAD_PUSHES);
const syncs = queueAt<SyncMessage>(environment.FAIRLEAD_SYNCS.public ?? "");
const clusters = clustersOf(installation, table, secrets);
const journal = openJournal("sync");
const wait = (milliseconds: number) => pause(milliseconds);
const worker = { table, clusters, syncs, clock, journal, pause: wait, newName: randomUUID };

const work = syncHandler({
  ...worker,
  artifacts: artifactsOf(environment),
  turns: openTurns({ ...worker, chance: Math.random, budget: requestBudgetOf(installation) }),
  pushes,
  renders: queueAt<RenderMessage>(environment.FAIRLEAD_RENDERS),
  notices: queueAt<NoticeMessage>(environment.FAIRLEAD_NOTICES),
  rememberFailure: rememberFailure(table, clock),
  fingerprintKey: fingerprintKeyOf(secrets),
  jq: openJq(),
  peoplesTools: installation.drift.peoplesTools,
  renderLimits: renderLimitsOf(installation),
  waveDelay: installation.sync.waveDelaySeconds,
  registry: {
    claims: (manifest, application) => registryClaims(manifest, application, installation),
    withdraw: ({ name }) => withdrawChildren(name, { table, clock, syncs }),
    apply: (request) => registerObjects(request, { table, clock, pushes, syncs, installation }),
  },
});

export const handler = stayingHidden(work, {
  hide: hidingAt(environment.FAIRLEAD_SYNCS.public ?? ""),
  journal,
  failed: 720,
  repeat: (seconds, beat) => {
    const timer = setInterval(beat, seconds * 1_000);
    return () => clearInterval(timer);
  },
});
