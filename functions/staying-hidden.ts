import type { SQSBatchResponse } from "aws-lambda";
import type { HideMessages } from "../shared/adapters/queue/hiding.ts";
import { Failure } from "../shared/model/failure.ts";
import type { Journal } from "../shared/ports/journal.ts";
import type { BatchHandler } from "./batch.ts";

/**
 * Seconds. A queue hides what a function works on for six times that function's timeout; who dies at it would be missed for as long. So the worker
 * hides its messages itself, for a short while at a time: somebody has them again soon after its death, and takes its leases over a lease time
 * later, within two minutes altogether.
 */
export const hiding = { every: 8, alive: 25 } as const;

export interface HidingWorld {
  readonly hide: HideMessages;
  readonly journal: Journal;
  /** Seconds until a message comes back that failed. */
  readonly failed: number;
  /** Calls it every so many seconds until it is told to stop. */
  readonly repeat: (seconds: number, beat: () => void) => () => void;
}

/** The same handler, whose messages come back soon when its process dies. */
export const stayingHidden =
  (handler: BatchHandler, { hide, journal, failed, repeat }: HidingWorld): BatchHandler =>
  async (event) => {
    const receipts = new Map(event.Records.map(({ messageId, receiptHandle }) => [messageId, receiptHandle]));
    // What cannot be hidden comes back early or late: somebody looks, and finds it held or done.
    const hideSome = (some: readonly string[], seconds: number): Promise<void> =>
      hide(some, seconds).catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        journal.tell("not-hidden", { reason: error.message });
      });
    let hidden = hideSome([...receipts.values()], hiding.alive);
    const stop = repeat(hiding.every, () => {
      hidden = hidden.then(() => hideSome([...receipts.values()], hiding.alive));
    });
    let answer: SQSBatchResponse;
    try {
      answer = await handler(event);
    } finally {
      stop();
      await hidden;
    }
    const again = answer.batchItemFailures.flatMap(({ itemIdentifier }) => receipts.get(itemIdentifier) ?? []);
    if (again.length > 0) await hideSome(again, failed);
    return answer;
  };
