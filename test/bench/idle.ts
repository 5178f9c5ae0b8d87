import { setTimeout as wait } from "node:timers/promises";
import { GetQueueAttributesCommand, type QueueAttributeName, SQSClient } from "@aws-sdk/client-sqs";
import { local } from "../../infra/local/stand-ins/names.ts";
import type { StandIns } from "../../infra/local/stand-ins/start.ts";
import { queues } from "../../infra/topology.ts";

/** To be taken, being worked on, and to come later: who looks at health again in 5 s is not idle. */
const counts: readonly QueueAttributeName[] = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
];
const looks = 3;
const between = 300;

/** Waits until no queue has had a message at three looks in a row: a handler may stand between the message it ends and the one it sends. */
export const idle = async ({ endpoints, queueUrl }: StandIns): Promise<void> => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sqs = new SQSClient({ endpoint: endpoints.sqs, region: local.region, credentials });
  const waitingIn = async (url: string): Promise<number> => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...counts] }));
    return counts.reduce((sum, count) => sum + Number(Attributes[count] ?? 0), 0);
  };
  try {
    for (let empty = 0; empty < looks; ) {
      await wait(between);
      const waiting = await Promise.all(queues.map(({ name }) => waitingIn(queueUrl(name))));
      empty = waiting.every((count) => count === 0) ? empty + 1 : 0;
    }
  } finally {
    sqs.destroy();
  }
};
