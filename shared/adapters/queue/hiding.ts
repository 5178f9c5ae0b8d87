import { ChangeMessageVisibilityBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { Failure } from "../../model/failure.ts";

/** Hides messages that were received, by their receipts, for so many seconds from now; those of them that are gone are passed over. Throws QueueUnavailable. */
export type HideMessages = (receipts: readonly string[], seconds: number) => Promise<void>;

/** SQS takes ten at once. */
const batch = 10;

export const hidingOn =
  (client: SQSClient, url: string): HideMessages =>
  async (receipts, seconds) => {
    for (let at = 0; at < receipts.length; at += batch) {
      const Entries = receipts
        .slice(at, at + batch)
        .map((ReceiptHandle, id) => ({ Id: String(id), ReceiptHandle, VisibilityTimeout: seconds }));
      try {
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
      } catch (cause) {
        throw new Failure("QueueUnavailable", url, `messages of queue ${url.split("/").at(-1)} cannot be hidden`, { cause });
      }
    }
  };
