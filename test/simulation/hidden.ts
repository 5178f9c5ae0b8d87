import type { SQSEvent } from "aws-lambda";
import type { BatchHandler } from "../../functions/batch.ts";
import { stayingHidden } from "../../functions/staying-hidden.ts";
import { functions as shapes } from "../../infra/topology.ts";
import type { FunctionName } from "./functions.ts";
import type { Invocation } from "./gate.ts";
import type { Message, QueueStore } from "./ports/queue.ts";
import type { World } from "./world.ts";

/** The event with which a queue wakes a function: one message, or a batch. */
export const sqsEvent = (messages: readonly Message[]): SQSEvent => ({
  Records: messages.map((message) => ({
    messageId: message.id,
    receiptHandle: receiptOf(message),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: "0",
      SenderId: "",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "",
    awsRegion: "",
  })),
});

const receiptOf = ({ id, receives }: Message): string => `${id}/${receives}`;

/** Functions that hide their messages themselves, as their lambda.ts files let them. A process that stands still hides nothing. */
export const hidingAs = (
  fn: FunctionName,
  handler: BatchHandler,
  { invocation, messages, queue }: { readonly invocation: Invocation; readonly messages: readonly Message[]; readonly queue: QueueStore },
  { gate, timeline, trace }: Pick<World, "gate" | "timeline" | "trace">,
): BatchHandler => {
  const { wokenBy, timeout } = shapes[fn];
  if (wokenBy.kind !== "queue" || !("hides" in wokenBy)) return handler;
  const receipts = new Map(messages.map((message) => [receiptOf(message), message]));
  return stayingHidden(handler, {
    failed: 6 * timeout,
    journal: { tell: (event, facts) => trace.tell(invocation.id, `journal ${event} ${JSON.stringify(facts)}`) },
    hide: (some, seconds) =>
      gate.callFor(invocation)("queue", `hide-${queue.name}`, some.join(" "), async () => {
        for (const receipt of some) {
          const message = receipts.get(receipt);
          // A newer receipt is somebody else's.
          if (message && receiptOf(message) === receipt) queue.hide(message, seconds);
        }
      }),
    repeat: (seconds, beat) => {
      let isOn = true;
      const later = (at: number): void =>
        timeline.at(at, () => {
          if (!isOn || !invocation.alive) return;
          if (timeline.now() < invocation.frozenUntil) return later(invocation.frozenUntil);
          beat();
          later(timeline.now() + seconds * 1000);
        });
      later(timeline.now() + seconds * 1000);
      return () => {
        isOn = false;
      };
    },
  });
};
