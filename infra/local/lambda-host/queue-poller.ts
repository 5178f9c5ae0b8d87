import { setTimeout as pause } from "node:timers/promises";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod/mini";
import { toSqsEvent } from "./sqs-event.ts";

export interface PollerSettings {
  readonly client: SQSClient;
  readonly url: string;
  /** Messages per invocation, at most 10. */
  readonly batch: number;
  /** Invocations under way at once. */
  readonly inFlight: number;
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly onTrouble: (error: unknown) => void;
}

export interface QueuePoller {
  /** Takes no more messages; answers when all invocations have ended. */
  stop(): Promise<void>;
}

const BatchAnswer = z.nullish(z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) }));

/**
 * An SQS event source mapping: long-polls the queue, hands batches to the function, deletes what succeeded. What failed stays hidden until
 * its visibility timeout ends and then comes again, as on Lambda. One poll at a time: fauxqs wakes all waiting polls for one message.
 */
export const startPoller = (settings: PollerSettings): QueuePoller => {
  const { client, url, batch, inFlight, onTrouble } = settings;
  let stopping = false;
  const underway = new Set<Promise<void>>();

  const poll = async (): Promise<void> => {
    if (underway.size >= inFlight) await Promise.race(underway);
    const messages = await receive(client, url, Math.min(10, batch * (inFlight - underway.size)));
    if (stopping) return await handBack(client, url, messages);
    for (let at = 0; at < messages.length; at += batch) {
      const invocation = handOver(settings, messages.slice(at, at + batch)).catch(onTrouble);
      underway.add(invocation);
      void invocation.finally(() => underway.delete(invocation));
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping) {
      try {
        await poll();
      } catch (error) {
        if (stopping) return;
        onTrouble(error);
        await pause(500);
      }
    }
  };

  const looping = loop();
  return {
    stop: async () => {
      stopping = true;
      await looping;
      await Promise.all(underway);
    },
  };
};

/** A poll that is cut short may still take a message, which nobody then handles: so polls are short, and stopping waits for the last. */
const pollSeconds = 1;

const receive = async (client: SQSClient, url: string, wanted: number): Promise<readonly Message[]> => {
  const attributes = { MessageSystemAttributeNames: ["All" as const] };
  const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: wanted, WaitTimeSeconds: pollSeconds, ...attributes });
  return (await client.send(command)).Messages ?? [];
};

/** Visible again after a second (fauxqs 2.4.1 loses a message whose timeout is set to 0 while it keeps its state on disk). */
const handBack = async (client: SQSClient, url: string, messages: readonly Message[]): Promise<void> => {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle, VisibilityTimeout: 1 }));
  await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
};

const handOver = async ({ client, url, invoke }: PollerSettings, messages: readonly Message[]): Promise<void> => {
  const answer = z.parse(BatchAnswer, await invoke(toSqsEvent(url, messages)));
  const failed = new Set(answer?.batchItemFailures.map((failure) => failure.itemIdentifier));
  // An identifier that names no message means that the function lost count: Lambda then treats the whole batch as failed.
  if ([...failed].some((id) => !messages.some((message) => message.MessageId === id))) return;
  const done = messages.filter((message) => !failed.has(message.MessageId ?? ""));
  if (done.length === 0) return;
  const Entries = done.map((message, at) => ({ Id: String(at), ReceiptHandle: message.ReceiptHandle }));
  await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
};
