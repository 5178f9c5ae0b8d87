import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, SQSClient } from "@aws-sdk/client-sqs";
import { Failure } from "../../model/failure.ts";
import type { Outgoing, Queue } from "../../ports/queue.ts";
import { clientOptions } from "../aws/clients.ts";
import { isRemoteTrouble } from "../aws/trouble.ts";
import { type Entry, packBatches } from "./batches.ts";

/** Tries for the entries of a batch that SQS could not take. */
const attempts = 4;
/** Batches on their way at once. */
const parallel = 8;

/** One client for all queues of a function: connections are shared. */
export const openQueues = (): SQSClient => new SQSClient(clientOptions);

/**
 * A standard SQS queue by its URL. The group goes along as MessageGroupId, which makes the queue a fair one.
 * Throws QueueUnavailable when some messages could not be sent; others of the same call may have been, so callers repeat the whole call.
 */
export const sqsQueue = <Message>(client: SQSClient, url: string): Queue<Message> => ({
  send: (messages) => sendEntries(client, url, messages.map(toEntry)),
});

/** The same for bodies as they came out of a queue. Throws QueueUnavailable. */
export const sendEntries = async (client: SQSClient, url: string, entries: readonly Entry[]): Promise<void> => {
  const batches = packBatches(entries);
  for (let at = 0; at < batches.length; at += parallel) {
    await Promise.all(batches.slice(at, at + parallel).map((batch) => sendBatch(client, url, batch)));
  }
};

const toEntry = <Message>(message: Outgoing<Message>): Entry => ({
  body: JSON.stringify(message.body),
  ...(message.delaySeconds !== undefined && { delaySeconds: Math.min(900, Math.max(0, Math.ceil(message.delaySeconds))) }),
  ...(message.group !== undefined && { group: groupId(message.group) }),
});

/** SQS takes 1 to 128 letters, digits and punctuation. Two projects in one group would be no harm: it orders and excludes nothing. */
const groupId = (group: string): string => group.replace(/[^\x21-\x7e]/g, "_").slice(0, 128) || "_";

const sendBatch = async (client: SQSClient, url: string, batch: readonly Entry[]): Promise<void> => {
  let wanted = batch.map(toRequestEntry);
  for (let attempt = 1; ; attempt++) {
    const failed = await trySend(client, url, wanted);
    if (failed.length === 0) return;
    const refused = failed.find((entry) => entry.SenderFault === true);
    if (refused || attempt === attempts)
      throw unavailable(url, `${(refused ?? failed[0])?.Code}: ${(refused ?? failed[0])?.Message ?? ""}`);
    const again = new Set(failed.map((entry) => entry.Id));
    wanted = wanted.filter((entry) => again.has(entry.Id));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 50 * 2 ** attempt));
  }
};

const toRequestEntry = (entry: Entry, at: number): SendMessageBatchRequestEntry => ({
  Id: String(at),
  MessageBody: entry.body,
  ...(entry.delaySeconds !== undefined && { DelaySeconds: entry.delaySeconds }),
  ...(entry.group !== undefined && { MessageGroupId: entry.group }),
});

const trySend = async (client: SQSClient, url: string, entries: SendMessageBatchRequestEntry[]) => {
  try {
    return (await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }))).Failed ?? [];
  } catch (error) {
    if (!isRemoteTrouble(error)) throw error;
    throw unavailable(url, `${error.name}: ${error.message}`, error);
  }
};

const unavailable = (url: string, reason: string, cause?: unknown): Failure => {
  const name = url.split("/").at(-1) ?? url;
  return new Failure("QueueUnavailable", name, `the queue ${name} did not take a message (${reason}); the work is tried again`, { cause });
};
