import type { SQSEvent } from "aws-lambda";

/** Messages as Lambda hands them to a function; ids are m0, m1 … Bodies that are texts already stay as they are. */
export const sqsBatch = (...bodies: readonly unknown[]): SQSEvent => ({
  Records: bodies.map((body, at) => ({
    messageId: `m${at}`,
    receiptHandle: "r",
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: "1", SentTimestamp: "0", SenderId: "s", ApproximateFirstReceiveTimestamp: "0" },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:notices",
    awsRegion: "eu-central-1",
  })),
});
