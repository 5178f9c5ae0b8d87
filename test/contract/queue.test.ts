import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqsQueue } from "../../shared/adapters/queue/sqs.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { simulatedQueue } from "./simulated.ts";
import { standInsForTests, type TestStandIns } from "./stand-ins.ts";

interface Note {
  readonly v: 1;
  readonly text: string;
}

interface Subject {
  readonly queue: Queue<Note>;
  /** All that waits, as far as it is visible. */
  received(): Promise<readonly Note[]>;
}

let standIns: TestStandIns;
beforeAll(async () => {
  standIns = await standInsForTests();
});
afterAll(() => standIns.stop());

const receiveAll = async (url: string): Promise<readonly Note[]> => {
  const notes: Note[] = [];
  for (;;) {
    const { Messages = [] } = await standIns.sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return notes;
    notes.push(...Messages.map((message) => JSON.parse(message.Body ?? "")));
  }
};

const subjects: Readonly<Record<string, () => Subject>> = {
  "in memory": () => {
    const queue = memoryQueue<Note>();
    return { queue, received: async () => queue.take() };
  },
  simulated: () => {
    const { queue, store, pass } = simulatedQueue<Note>();
    const received = async () => {
      pass(1_000);
      const messages = store.receive(1_000);
      for (const message of messages) store.acknowledge(message);
      return messages.map(({ body }): Note => JSON.parse(body));
    };
    return { queue, received };
  },
  "on SQS": () => {
    const url = standIns.queueUrl("notices");
    return { queue: sqsQueue<Note>(standIns.sqs, url), received: () => receiveAll(url) };
  },
};

describe.each(Object.keys(subjects))("a queue %s", (kind) => {
  const subject = (): Subject => {
    const open = subjects[kind];
    if (!open) throw new Error(kind);
    return open();
  };

  it("hands over every message that was sent, however many at once", async () => {
    const { queue, received } = subject();
    const texts = Array.from({ length: 137 }, (_, at) => `note ${at} – ünïcode`);

    await queue.send(texts.map((text) => ({ body: { v: 1, text }, group: "project with spaces" })));

    expect((await received()).map((note) => note.text).toSorted()).toEqual(texts.toSorted());
    expect(await received()).toEqual([]);
  });

  it("sends nothing when there is nothing to send", async () => {
    const { queue, received } = subject();
    await queue.send([]);
    expect(await received()).toEqual([]);
  });

  it("takes messages whose batch would be larger than SQS allows", async () => {
    const { queue, received } = subject();
    const text = "x".repeat(300_000);
    await queue.send(Array.from({ length: 7 }, () => ({ body: { v: 1, text }, group: "team" })));
    expect((await received()).map((note) => note.text.length)).toEqual(Array.from({ length: 7 }, () => text.length));
  });
});

describe("a queue on SQS", () => {
  it("says QueueUnavailable, which a later try may help, when the queue cannot be reached", async () => {
    const queue = sqsQueue<Note>(standIns.sqs, standIns.queueUrl("pushes").replace("pushes", "no-such-queue"));
    await expect(queue.send([{ body: { v: 1, text: "lost" }, group: "team" }])).rejects.toMatchObject({
      code: "QueueUnavailable",
      retry: true,
    });
  });
});
