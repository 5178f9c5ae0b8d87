import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hidingOn } from "../../shared/adapters/queue/hiding.ts";
import { sqsQueue } from "../../shared/adapters/queue/sqs.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import { simulatedQueue } from "./simulated.ts";
import { standInsForTests, type TestStandIns } from "./stand-ins.ts";

interface Note {
  readonly v: 1;
  readonly text: string;
}

/** A message that somebody works on. */
interface Received {
  readonly text: string;
  hide(seconds: number): Promise<void>;
  acknowledge(): Promise<void>;
}

interface Subject {
  readonly queue: Queue<Note>;
  /** What is visible, or becomes so within that many seconds. */
  receive(seconds?: number): Promise<readonly Received[]>;
  dead(): Promise<readonly string[]>;
}

let standIns: TestStandIns;
beforeAll(async () => {
  standIns = await standInsForTests();
});
afterAll(() => standIns.stop());

const textOf = (body: string): string => JSON.parse(body).text;

const onSqs = (): Subject => {
  const [url, deadUrl] = [standIns.queueUrl("notices"), standIns.queueUrl("notices-dead")];
  const hide = hidingOn(standIns.sqs, url);
  const receiveFrom = async (from: string, WaitTimeSeconds: number) =>
    (await standIns.sqs.send(new ReceiveMessageCommand({ QueueUrl: from, MaxNumberOfMessages: 10, WaitTimeSeconds }))).Messages ?? [];
  return {
    queue: sqsQueue<Note>(standIns.sqs, url),
    receive: async (seconds = 0) =>
      (await receiveFrom(url, seconds)).map(({ Body = "", ReceiptHandle = "" }) => ({
        text: textOf(Body),
        hide: (hidden) => hide([ReceiptHandle], hidden),
        acknowledge: async () => void (await standIns.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }))),
      })),
    dead: async () => (await receiveFrom(deadUrl, 5)).map(({ Body = "" }) => textOf(Body)),
  };
};

const simulated = (): Subject => {
  const { queue, store, pass } = simulatedQueue<Note>();
  return {
    queue,
    receive: async (seconds = 0) => {
      // Half a second for the queue itself.
      pass(seconds * 1_000 + 500);
      return store.receive(10).map((message) => ({
        text: textOf(message.body),
        hide: async (hidden) => store.hide(message, hidden),
        acknowledge: async () => store.acknowledge(message),
      }));
    },
    dead: async () => store.dead.map(({ body }) => textOf(body)),
  };
};

describe.each([
  ["simulated", simulated],
  ["on SQS", onSqs],
] as const)("a message of a queue %s", (_, open) => {
  it("is kept back as long as its sender asked", async () => {
    const { queue, receive } = open();
    await queue.send([
      { body: { v: 1, text: "later" }, delaySeconds: 600, group: "team" },
      { body: { v: 1, text: "now" }, delaySeconds: 0, group: "team" },
    ]);
    const [now, ...others] = await receive(5);
    expect([now?.text, ...others.map(({ text }) => text)]).toEqual(["now"]);
    await now?.acknowledge();
  });

  it("that was received stays away while its worker hides it, and comes back when it no longer does", async () => {
    const { queue, receive } = open();
    await queue.send([{ body: { v: 1, text: "hidden" }, group: "team" }]);
    const [first] = await receive(5);
    await first?.hide(300);
    expect(await receive()).toEqual([]);
    await first?.hide(1);
    const again = await receive(10);
    expect(again.map(({ text }) => text)).toEqual(["hidden"]);
    await again[0]?.acknowledge();
  });

  it("that was acknowledged is gone, and hiding it then is passed over", async () => {
    const { queue, receive } = open();
    await queue.send([{ body: { v: 1, text: "done" }, group: "team" }]);
    const [only] = await receive(5);
    await only?.acknowledge();
    await only?.hide(0);
    expect(await receive(1)).toEqual([]);
  });

  it("lies among the dead letters when it came back five times", async () => {
    const { queue, receive, dead } = open();
    await queue.send([{ body: { v: 1, text: "poison" }, group: "team" }]);
    for (let count = 1; count <= 5; count++) {
      const [message] = await receive(5);
      expect(message?.text).toBe("poison");
      await message?.hide(0);
    }
    expect(await receive(1)).toEqual([]);
    expect(await dead()).toEqual(["poison"]);
  });
});

it("a message on SQS whose receipt names none is passed over when it is to be hidden", async () => {
  await hidingOn(standIns.sqs, standIns.queueUrl("syncs-public"))(["no receipt of any message"], 25);
});
