import { deadLetterQueue, queues } from "../../topology.ts";

/** What things are called on one machine. The account is the one that the SQS stand-in invents. */
export const local = { table: "fairlead", bucket: "fairlead-artifacts", region: "us-east-1", account: "000000000000" } as const;

export interface LocalQueue {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** All queues with their attributes as SQS has them, dead-letter queues first: the others refer to them. */
export const localQueues = (): readonly LocalQueue[] => [
  ...queues.map(({ name }) => ({ name: deadLetterQueue(name), attributes: { MessageRetentionPeriod: "1209600" } })),
  ...queues.map(({ name, visibility, receives }) => ({
    name,
    attributes: {
      VisibilityTimeout: String(visibility),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:${local.region}:${local.account}:${deadLetterQueue(name)}`,
        maxReceiveCount: receives,
      }),
    },
  })),
];
