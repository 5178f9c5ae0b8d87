import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod/mini";
import { Failure } from "../shared/model/failure.ts";
import type { Journal } from "../shared/ports/journal.ts";
import { tries } from "../shared/state/messages.ts";
import { readMessage } from "../shared/state/read-message.ts";

export type BatchHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface BatchWorld {
  readonly journal: Journal;
  /** Keeps why a message failed for the last time, for whoever looks at the dead letter. */
  readonly rememberFailure?: (message: string, failure: { readonly code: string; readonly reason: string }) => Promise<void>;
}

/**
 * A batch of queue messages, side by side: each is parsed, worked on and acknowledged alone, so that one that nobody can read, or that breaks its
 * handler, harms no other. What throws comes back after the queue's visibility timeout and ends in the dead-letter queue when it was received often
 * enough; expected terminal failures were recorded by the stage and do not throw.
 */
export const batchOf =
  <S extends z.ZodMiniType>(schema: S, world: BatchWorld, work: (message: z.infer<S>) => Promise<void>): BatchHandler =>
  async (event) => {
    const failed = await Promise.all(
      event.Records.map(async (record) => {
        try {
          await work(readMessage(schema, record.body));
          return [];
        } catch (error) {
          await tell(record, error, world);
          return [{ itemIdentifier: record.messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  };

const tell = async (
  { messageId, body, attributes }: SQSRecord,
  error: unknown,
  { journal, rememberFailure }: BatchWorld,
): Promise<void> => {
  const receives = Number(attributes.ApproximateReceiveCount ?? 1);
  journal.tell("message-failed", { id: messageId, message: body.slice(0, 1_000), receives, ...describe(error) });
  if (receives < tries) return;
  try {
    await rememberFailure?.(messageId, summary(error));
  } catch (trouble) {
    // Often the very reason why it failed. The message itself is safe.
    journal.tell("failure-not-kept", { id: messageId, ...describe(trouble) });
  }
};

const describe = (error: unknown) => {
  if (error instanceof Failure) return { code: error.code, subject: error.subject, reason: error.message };
  return { code: "Unexpected", reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
};

/** Texts of errors that nobody foresaw may quote anything, Secrets included: they stay in the log. */
const summary = (error: unknown): { readonly code: string; readonly reason: string } => {
  if (error instanceof Failure) return { code: error.code, reason: error.message };
  const name = error instanceof Error ? error.name : typeof error;
  return { code: "Unexpected", reason: `nobody foresaw this (${name}); the log has it as message-failed with this id` };
};
