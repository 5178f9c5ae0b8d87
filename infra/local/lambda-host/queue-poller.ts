import { setTimeout as pause } from "node:timers/promises";
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
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
  const stopping = new AbortController();
  const underway = new Set<Promise<void>>();

  const poll = async (): Promise<void> => {
    if (underway.size >= inFlight) await Promise.race(underway);
    const wanted = Math.min(10, batch * (inFlight - underway.size));
    const messages = await receive(client, url, wanted, stopping.signal);
    for (let at = 0; at < messages.length; at += batch) {
      const invocation = handOver(settings, messages.slice(at, at + batch)).catch(onTrouble);
      underway.add(invocation);
      void invocation.finally(() => underway.delete(invocation));
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await poll();
      } catch (error) {
        if (stopping.signal.aborted) return;
        onTrouble(error);
        await pause(500);
      }
    }
  };

  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
      await Promise.all(underway);
    },
  };
};

const receive = async (client: SQSClient, url: string, wanted: number, abortSignal: AbortSignal): Promise<readonly Message[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: wanted,
    WaitTimeSeconds: 20,
    MessageSystemAttributeNames: ["All"],
  });
  // Longer than the poll, so that a poll that brings nothing is not an error.
  return (await client.send(command, { abortSignal, requestTimeout: 25_000 })).Messages ?? [];
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
