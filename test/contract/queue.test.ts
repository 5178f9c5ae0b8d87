import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqsQueue } from "../../shared/adapters/queue/sqs.ts";
import type { Queue } from "../../shared/ports/queue.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { freeGate } from "../simulation/free.ts";
import { gatedQueue, queueStore } from "../simulation/ports/queue.ts";
import { randomOf } from "../simulation/random.ts";
import { openTrace } from "../simulation/trace.ts";
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
    const { call, timeline } = freeGate();
    const world = { timeline, random: randomOf("queue"), trace: openTrace(() => 0, false), faults: [], strike: () => undefined };
    const store = queueStore({ name: "notices", visibility: 360, receives: 5 }, world);
    const received = async () => {
      timeline.after(1_000, () => undefined);
      while (timeline.step());
      const messages = store.receive(1_000);
      for (const message of messages) store.acknowledge(message);
      return messages.map(({ body }): Note => JSON.parse(body));
    };
    return { queue: gatedQueue<Note>(store, call), received };
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
    await queue.send(Array.from({ length: 7 }, () => ({ body: { v: 1, text } })));
    expect((await received()).map((note) => note.text.length)).toEqual(Array.from({ length: 7 }, () => text.length));
  });
});

describe("a queue on SQS", () => {
  it("keeps a delayed message back", async () => {
    const url = standIns.queueUrl("renders");
    await sqsQueue<Note>(standIns.sqs, url).send([
      { body: { v: 1, text: "later" }, delaySeconds: 600 },
      { body: { v: 1, text: "now" }, delaySeconds: 0 },
    ]);
    expect((await receiveAll(url)).map((note) => note.text)).toEqual(["now"]);
  });

  it("says QueueUnavailable, which a later try may help, when the queue cannot be reached", async () => {
    const queue = sqsQueue<Note>(standIns.sqs, standIns.queueUrl("pushes").replace("pushes", "no-such-queue"));
    await expect(queue.send([{ body: { v: 1, text: "lost" } }])).rejects.toMatchObject({ code: "QueueUnavailable", retry: true });
  });
});
