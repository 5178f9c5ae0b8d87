import { rememberingArtifacts } from "../../shared/adapters/artifacts/remembering.ts";
import { openArtifactClient, s3Artifacts } from "../../shared/adapters/artifacts/s3.ts";
import { systemClock } from "../../shared/adapters/clock/system.ts";
import { stdoutJournal } from "../../shared/adapters/journal/stdout.ts";
import { sqsDeadLetters } from "../../shared/adapters/queue/dead-letters.ts";
import { gatheringQueue } from "../../shared/adapters/queue/gathering.ts";
import { type HideMessages, hidingOn } from "../../shared/adapters/queue/hiding.ts";
import { openQueues, sqsQueue } from "../../shared/adapters/queue/sqs.ts";
import { cachingSecrets } from "../../shared/adapters/secrets/caching.ts";
import { secretsFolder } from "../../shared/adapters/secrets/folder.ts";
import { openSecretsClient, secretsManager } from "../../shared/adapters/secrets/secrets-manager.ts";
import { gatheringTable } from "../../shared/adapters/table/gathering.ts";
import { openTable } from "../../shared/adapters/table/open.ts";
import type { Artifacts } from "../../shared/ports/artifacts.ts";
import type { DeadLetters } from "../../shared/ports/dead-letters.ts";
import type { Journal } from "../../shared/ports/journal.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";
import type { Table } from "../../shared/ports/table.ts";
import { versionedTable } from "../../shared/state/versioned-table.ts";

/** What every function is made of: each opens only what its environment names, and its role allows no more. */
export const clock = systemClock;

export const openJournal = (name: string): Journal => stdoutJournal(name, clock);

export const tableOf = (environment: { readonly FAIRLEAD_TABLE: string }): Table =>
  versionedTable(gatheringTable(openTable(environment.FAIRLEAD_TABLE)));

export const artifactsOf = (environment: { readonly FAIRLEAD_BUCKET: string }): Artifacts =>
  rememberingArtifacts(s3Artifacts(openArtifactClient(), environment.FAIRLEAD_BUCKET));

const client = openQueues();

export const queueAt = <Message>(url: string): Queue<Message> => gatheringQueue(sqsQueue<Message>(client, url));

/** Hides what was received from the queue with this URL. */
export const hidingAt = (url: string): HideMessages => hidingOn(client, url);

/** What stayed behind of the queue with this URL. */
export const deadLettersOf = (url: string): DeadLetters => sqsDeadLetters(client, url);

/** Whether secrets lie in a folder: then nothing here is paid for by the second. */
export const isOneMachine = ({ FAIRLEAD_SECRETS }: { readonly FAIRLEAD_SECRETS: string }): boolean =>
  FAIRLEAD_SECRETS.startsWith("folder:");

/** `secretsmanager:<prefix>`, or `folder:<path>` on one machine. */
export const secretsOf = ({ FAIRLEAD_SECRETS }: { readonly FAIRLEAD_SECRETS: string }): Secrets => {
  const [kind = "", ...rest] = FAIRLEAD_SECRETS.split(":");
  const place = rest.join(":");
  return cachingSecrets(kind === "folder" ? secretsFolder(place) : secretsManager(openSecretsClient(), place), clock);
};
