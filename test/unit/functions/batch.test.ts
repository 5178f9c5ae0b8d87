import type { SQSEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { batchOf } from "../../../functions/batch.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { readLastFailures, rememberFailure } from "../../../shared/state/last-failures.ts";
import { memoryTable } from "../../fakes/memory-table.ts";

const batch = (receives: number, ...bodies: readonly string[]): SQSEvent => ({
  Records: bodies.map((body, at) => ({
    messageId: `m${at}`,
    receiptHandle: "r",
    body,
    attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: "0", SenderId: "s", ApproximateFirstReceiveTimestamp: "0" },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:syncs-public",
    awsRegion: "eu-central-1",
  })),
});

const Note = z.object({ v: z.literal(1), name: z.string() });
const note = (name: string) => JSON.stringify({ v: 1, name });

const open = () => {
  const table = memoryTable();
  const worked: string[] = [];
  const told: object[] = [];
  const handler = batchOf(
    Note,
    {
      journal: { tell: (event, facts) => void told.push({ event, ...facts }) },
      rememberFailure: rememberFailure(table, { now: () => 7 }),
    },
    async ({ name }) => {
      if (name === "broken") throw new TypeError("hunter2 is not a function");
      if (name === "later") throw new Failure("ClusterUnreachable", "harbor", "cluster harbor does not answer");
      worked.push(name);
    },
  );
  return { table, worked, told, handler };
};

describe("F-27: a poisoned message", () => {
  it("harms no other of its batch, whether nobody can read it or its handler breaks", async () => {
    const { handler, worked } = open();
    const answer = await handler(batch(1, note("a"), "not JSON", note("broken"), '{"v":1}', note("b"), "null", '"text"'));
    expect(worked.toSorted()).toEqual(["a", "b"]);
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(["m1", "m2", "m3", "m5", "m6"]);
  });

  it("leaves why it failed for whoever finds it among the dead letters, at its last try only", async () => {
    const { handler, table } = open();
    await handler(batch(4, "not JSON", note("later")));
    expect(table.writes).toBe(0);
    await handler(batch(5, "not JSON", note("later"), note("a")));
    expect(await readLastFailures(table, ["m0", "m1", "m2"])).toEqual(
      new Map([
        ["m0", { code: "MessageInvalid", reason: "a queue message is not JSON", at: 7 }],
        ["m1", { code: "ClusterUnreachable", reason: "cluster harbor does not answer", at: 7 }],
      ]),
    );
  });

  it("leaves no text in the table that nobody foresaw: it may quote a Secret", async () => {
    const { handler, table } = open();
    await handler(batch(5, note("broken")));
    expect(JSON.stringify(table.items())).not.toContain("hunter2");
    expect((await readLastFailures(table, ["m0"])).get("m0")).toMatchObject({ code: "Unexpected" });
  });

  it("goes its way even when why it failed cannot be kept", async () => {
    const journal = { tell: () => undefined };
    const broken = async () => {
      throw new Failure("TableUnavailable", "fairlead", "the table does not answer");
    };
    const handler = batchOf(Note, { journal, rememberFailure: broken }, broken);
    expect(await handler(batch(5, note("a")))).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  });
});
