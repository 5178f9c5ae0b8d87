import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type * as z from "zod/mini";
import { Failure } from "../shared/model/failure.ts";
import type { Journal } from "../shared/ports/journal.ts";

export type BatchHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

/**
 * A batch of queue messages, side by side: each is parsed, worked on and acknowledged alone. What throws comes back after the queue's
 * visibility timeout and ends in the dead-letter queue after five times; expected terminal failures were recorded by the stage and do not throw.
 */
export const batchOf =
  <S extends z.ZodMiniType>(schema: S, journal: Journal, work: (message: z.infer<S>) => Promise<void>): BatchHandler =>
  async (event) => {
    const failed = await Promise.all(
      event.Records.map(async (record) => {
        try {
          await work(schema.parse(parse(record.body)));
          return [];
        } catch (error) {
          journal.tell("message-failed", {
            message: record.body.slice(0, 1_000),
            receives: receivesOf(record.attributes),
            ...describe(error),
          });
          return [{ itemIdentifier: record.messageId }];
        }
      }),
    );
    return { batchItemFailures: failed.flat() };
  };

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Failure("MessageInvalid", "queue message", "a queue message is not JSON", { cause });
  }
};

const receivesOf = (attributes: { readonly ApproximateReceiveCount?: string }): number => Number(attributes.ApproximateReceiveCount ?? 1);

const describe = (error: unknown) => {
  if (error instanceof Failure) return { code: error.code, subject: error.subject, reason: error.message };
  return { code: "Unexpected", reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
};
