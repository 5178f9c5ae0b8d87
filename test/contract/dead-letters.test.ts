import { PurgeQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sqsDeadLetters } from "../../shared/adapters/queue/dead-letters.ts";
import type { DeadLetters } from "../../shared/ports/dead-letters.ts";
import { memoryDeadLetters } from "../fakes/memory-dead-letters.ts";
import { standInsForTests, type TestStandIns } from "./stand-ins.ts";

interface Subject {
  readonly letters: DeadLetters;
  bury(body: string, group?: string): Promise<void>;
  /** Bodies and groups of what went back. */
  sentBack(): Promise<readonly (readonly [body: string, group: string | undefined])[]>;
}

let standIns: TestStandIns;
beforeAll(async () => {
  standIns = await standInsForTests();
});
afterAll(() => standIns.stop());
beforeEach(async () => {
  for (const name of ["pushes", "pushes-dead"] as const)
    await standIns.sqs.send(new PurgeQueueCommand({ QueueUrl: standIns.queueUrl(name) }));
});

const subjects: Readonly<Record<string, () => Subject>> = {
  "in memory": () => {
    const letters = memoryDeadLetters();
    let count = 0;
    return {
      letters,
      bury: async (body, group) => letters.bury({ id: `${++count}`, body, sentAt: count, ...(group !== undefined && { group }) }),
      sentBack: async () => letters.sent.map(({ body, group }) => [body, group] as const),
    };
  },
  "on SQS": () => ({
    letters: sqsDeadLetters(standIns.sqs, standIns.queueUrl("pushes")),
    bury: async (body, group) => {
      const message = { QueueUrl: standIns.queueUrl("pushes-dead"), MessageBody: body };
      await standIns.sqs.send(new SendMessageCommand({ ...message, ...(group !== undefined && { MessageGroupId: group }) }));
    },
    sentBack: async () => {
      const bodies: (readonly [string, string | undefined])[] = [];
      for (;;) {
        const receive = { QueueUrl: standIns.queueUrl("pushes"), MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All" as const] };
        const { Messages = [] } = await standIns.sqs.send(new ReceiveMessageCommand(receive));
        if (Messages.length === 0) return bodies;
        bodies.push(...Messages.map(({ Body = "", Attributes }) => [Body, Attributes?.MessageGroupId] as const));
      }
    },
  }),
};

const ignore = async () => undefined;

describe.each(Object.keys(subjects))("F-27: dead letters %s", (kind) => {
  const subject = (): Subject => {
    const open = subjects[kind];
    if (!open) throw new Error(kind);
    return open();
  };

  it("can be looked at, all of them, and stay", async () => {
    const { letters, bury, sentBack } = subject();
    for (let at = 0; at < 23; at++) await bury(`letter ${at}`);
    const seen = await letters.look(1_000);
    expect(seen.map(({ body }) => body).toSorted()).toEqual(Array.from({ length: 23 }, (_, at) => `letter ${at}`).toSorted());
    expect(new Set(seen.map(({ id }) => id)).size).toBe(23);
    expect(await sentBack()).toEqual([]);
  });

  it("go back to the queue that they came from, in their project's group, and are gone", async () => {
    const { letters, bury, sentBack } = subject();
    for (let at = 0; at < 12; at++) await bury(`letter ${at}`, "team-a");
    const told: number[] = [];
    expect(
      await letters.redrive(
        () => true,
        async (moved) => void told.push(moved.length),
      ),
    ).toEqual({ moved: 12, left: 0 });
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(12);
    const back = await sentBack();
    expect(back.map(([body]) => body).toSorted()).toEqual(Array.from({ length: 12 }, (_, at) => `letter ${at}`).toSorted());
    // The stand-in forgets groups, which order and exclude nothing.
    expect(new Set(back.map(([, group]) => group))).toEqual(new Set([kind === "in memory" ? "team-a" : undefined]));
    expect(await letters.look(10)).toEqual([]);
  });

  it("stay where nobody wants them back", async () => {
    const { letters, bury, sentBack } = subject();
    await bury("poison");
    await bury("letter");
    expect(await letters.redrive(({ body }) => body !== "poison", ignore)).toEqual({ moved: 1, left: 1 });
    expect(await sentBack()).toEqual([["letter", undefined]]);
  });

  it("are none where none are", async () => {
    const { letters } = subject();
    expect(await letters.look(10)).toEqual([]);
    expect(await letters.redrive(() => true, ignore)).toEqual({ moved: 0, left: 0 });
  });
});

describe("dead letters on SQS", () => {
  it("say QueueUnavailable when the queue cannot be reached", async () => {
    const letters = sqsDeadLetters(standIns.sqs, standIns.queueUrl("pushes").replace("pushes", "no-such-queue"));
    await expect(letters.look(1)).rejects.toMatchObject({ code: "QueueUnavailable", retry: true });
  });

  it("are there again for the next look", async () => {
    const { letters, bury } = subjects["on SQS"]?.() ?? {};
    await bury?.("letter");
    expect(await letters?.look(10)).toHaveLength(1);
    // Hidden for the second that a look ends with: the long poll of the next one outlasts it.
    await expect.poll(() => letters?.look(10), { timeout: 10_000 }).toHaveLength(1);
  });
});
