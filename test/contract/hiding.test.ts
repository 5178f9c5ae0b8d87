import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hidingOn } from "../../shared/adapters/queue/hiding.ts";
import { sqsQueue } from "../../shared/adapters/queue/sqs.ts";
import { standInsForTests, type TestStandIns } from "./stand-ins.ts";

let standIns: TestStandIns;
beforeAll(async () => {
  standIns = await standInsForTests();
});
afterAll(() => standIns.stop());

const receive = async (url: string, seconds: number) => {
  const request = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: seconds });
  return (await standIns.sqs.send(request)).Messages ?? [];
};

describe("a message that was received", () => {
  it("comes back as soon as its worker no longer hides it, and stays away while it does", async () => {
    const url = standIns.queueUrl("syncs-public");
    const hide = hidingOn(standIns.sqs, url);
    await sqsQueue(standIns.sqs, url).send([{ body: { v: 1, application: "web" } }]);
    const [first] = await receive(url, 5);
    const receipts = [first?.ReceiptHandle ?? ""];
    await hide(receipts, 600);
    expect(await receive(url, 0)).toEqual([]);
    await hide(receipts, 1);
    expect((await receive(url, 20)).map(({ MessageId }) => MessageId)).toEqual([first?.MessageId]);
  });

  it("that is gone is passed over", async () => {
    await hidingOn(standIns.sqs, standIns.queueUrl("syncs-public"))(["no receipt of any message"], 25);
  });
});
