import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod/mini";
import { Failure } from "../../model/failure.ts";
import type { DeadLetter, DeadLetters } from "../../ports/dead-letters.ts";
import { isRemoteTrouble } from "../aws/trouble.ts";
import { sendEntries } from "./sqs.ts";

/** Seconds that a letter is hidden from others: enough for a batch to be sent and taken out, and for a look at some thousands. */
const hidden = 60;
/** A long poll asks all of SQS's servers: what answers nothing has nothing. */
const pollSeconds = 1;

interface Received {
  readonly letter: DeadLetter;
  readonly receipt: string;
}

/**
 * The dead letters of a standard SQS queue, by the URL of the queue that they come from. SQS's own move task is not used: it sends what nobody
 * can read along, says nothing while it runs, and the stand-in for one machine has none.
 */
export const sqsDeadLetters = (client: SQSClient, url: string): DeadLetters => {
  let found: Promise<string> | undefined;
  const dead = () => {
    found ??= deadQueueOf(client, url);
    return found;
  };
  return told(url, {
    look: async (most) => {
      const seen = new Map<string, Received>();
      for (;;) {
        const batch = await receive(client, await dead(), Math.min(10, most - seen.size));
        const fresh = batch.filter(({ letter }) => !seen.has(letter.id));
        for (const each of batch) seen.set(each.letter.id, each);
        // One that comes again was hidden long enough: the queue was gone through.
        if (fresh.length === 0 || seen.size >= most) break;
      }
      await show(client, await dead(), [...seen.values()]);
      return [...seen.values()].map(({ letter }) => letter).toSorted((a, b) => a.sentAt - b.sentAt);
    },
    redrive: async (isWanted, moved) => {
      const left = new Map<string, Received>();
      let count = 0;
      for (;;) {
        const batch = await receive(client, await dead(), 10);
        const wanted = batch.filter(({ letter }) => isWanted(letter));
        const fresh = batch.filter((each) => !wanted.includes(each) && !left.has(each.letter.id));
        for (const each of batch) if (!wanted.includes(each)) left.set(each.letter.id, each);
        if (wanted.length + fresh.length === 0) break;
        await sendEntries(
          client,
          url,
          wanted.map(({ letter: { body, group } }) => ({ body, ...(group !== undefined && { group }) })),
        );
        await takeOut(client, await dead(), wanted);
        count += wanted.length;
        if (wanted.length > 0) await moved(wanted.map(({ letter }) => letter));
      }
      await show(client, await dead(), [...left.values()]);
      return { moved: count, left: left.size };
    },
  });
};

const RedrivePolicy = z.object({ deadLetterTargetArn: z.string() });

const deadQueueOf = async (client: SQSClient, url: string): Promise<string> => {
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["RedrivePolicy"] }));
  const policy = RedrivePolicy.safeParse(JSON.parse(Attributes?.RedrivePolicy ?? "null"));
  if (!policy.success) throw unavailable(url, "it has no dead-letter queue");
  const name = policy.data.deadLetterTargetArn.split(":").at(-1) ?? "";
  // In the account and region of its queue, always. Asking for its URL would be one right more, and a stand-in answers with a host of its own.
  return url.slice(0, url.lastIndexOf("/") + 1) + name;
};

const receive = async (client: SQSClient, dead: string, most: number): Promise<readonly Received[]> => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: dead,
      MaxNumberOfMessages: most,
      WaitTimeSeconds: pollSeconds,
      VisibilityTimeout: hidden,
      MessageSystemAttributeNames: ["SentTimestamp", "ApproximateFirstReceiveTimestamp", "MessageGroupId"],
    }),
  );
  return Messages.map((message) => ({ letter: letterOf(message), receipt: message.ReceiptHandle ?? "" }));
};

const letterOf = ({ MessageId = "", Body = "", Attributes = {} }: Message): DeadLetter => ({
  id: MessageId,
  body: Body,
  sentAt: Number(Attributes.SentTimestamp ?? 0),
  ...(Attributes.ApproximateFirstReceiveTimestamp !== undefined && { receivedAt: Number(Attributes.ApproximateFirstReceiveTimestamp) }),
  ...(Attributes.MessageGroupId !== undefined && { group: Attributes.MessageGroupId }),
});

const takeOut = async (client: SQSClient, dead: string, letters: readonly Received[]): Promise<void> => {
  if (letters.length === 0) return;
  const Entries = letters.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt }));
  // One that stays was sent all the same: it goes again with the next redrive, which does no harm.
  await client.send(new DeleteMessageBatchCommand({ QueueUrl: dead, Entries }));
};

/** Seen by others again after a second (the stand-in, fauxqs 2.4.1, loses a message whose timeout is set to 0). */
const show = async (client: SQSClient, dead: string, letters: readonly Received[]): Promise<void> => {
  for (let at = 0; at < letters.length; at += 10) {
    const batch = letters.slice(at, at + 10);
    const Entries = batch.map(({ receipt }, id) => ({ Id: String(id), ReceiptHandle: receipt, VisibilityTimeout: 1 }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: dead, Entries }));
  }
};

const told = (url: string, letters: DeadLetters): DeadLetters => {
  const asFailure = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw isRemoteTrouble(error) ? unavailable(url, `${error.name}: ${error.message}`, error) : error;
    }
  };
  return {
    look: (most) => asFailure(() => letters.look(most)),
    redrive: (isWanted, moved) => asFailure(() => letters.redrive(isWanted, moved)),
  };
};

const unavailable = (url: string, reason: string, cause?: unknown): Failure => {
  const name = url.split("/").at(-1) ?? url;
  return new Failure("QueueUnavailable", name, `the dead letters of queue ${name} cannot be reached (${reason}); try again`, { cause });
};
