import type { Message } from "@aws-sdk/client-sqs";

/** The event by which Lambda hands over SQS messages. */
export const toSqsEvent = (url: string, messages: readonly Message[]) => ({
  Records: messages.map((message) => ({
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: message.Attributes ?? {},
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: arnOf(url),
    awsRegion: "us-east-1",
  })),
});

/** `http://127.0.0.1:4566/000000000000/pushes` → `arn:aws:sqs:us-east-1:000000000000:pushes` */
const arnOf = (url: string): string => {
  const [, account = "", name = ""] = new URL(url).pathname.split("/");
  return `arn:aws:sqs:us-east-1:${account}:${name}`;
};
