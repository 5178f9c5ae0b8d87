import type { SQSEvent, SQSRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { hiding, stayingHidden } from "../../../functions/staying-hidden.ts";
import { queues } from "../../../infra/topology.ts";
import { Failure } from "../../../shared/model/failure.ts";
import { leaseTimes } from "../../../shared/state/leases.ts";

const record = (messageId: string): SQSRecord => ({
  messageId,
  receiptHandle: `receipt-${messageId}`,
  body: "{}",
  attributes: { ApproximateReceiveCount: "1", SentTimestamp: "0", SenderId: "", ApproximateFirstReceiveTimestamp: "0" },
  messageAttributes: {},
  md5OfBody: "",
  eventSource: "aws:sqs",
  eventSourceARN: "",
  awsRegion: "",
});
const event: SQSEvent = { Records: [record("one"), record("two")] };

const hidingWorld = (trouble?: Failure) => {
  const hidden: (readonly [readonly string[], number])[] = [];
  const beats: (() => void)[] = [];
  const told: string[] = [];
  let stopped = 0;
  return {
    hidden,
    told,
    beat: () => {
      for (const beat of beats) beat();
    },
    stopped: () => stopped,
    world: {
      hide: async (receipts: readonly string[], seconds: number) => {
        hidden.push([receipts, seconds]);
        if (trouble) throw trouble;
      },
      journal: { tell: (what: string) => void told.push(what) },
      failed: 720,
      repeat: (_: number, beat: () => void) => {
        beats.push(beat);
        return () => void stopped++;
      },
    },
  };
};

const both = ["receipt-one", "receipt-two"];

describe("messages that a worker works on", () => {
  // Hidden for twelve minutes from the start: for so long nobody missed a worker that had died (F-12).
  it("are hidden for a short while, again and again, as long as it lives", async () => {
    const { world, hidden, beat, stopped } = hidingWorld();
    const handler = stayingHidden(async () => {
      beat();
      beat();
      return { batchItemFailures: [] };
    }, world);
    expect(await handler(event)).toEqual({ batchItemFailures: [] });
    expect(hidden).toEqual(Array.from({ length: 3 }, () => [both, hiding.alive]));
    expect(stopped()).toBe(1);
  });

  it("come back as late as the queue would have it where they failed", async () => {
    const { world, hidden } = hidingWorld();
    const failing = stayingHidden(async () => ({ batchItemFailures: [{ itemIdentifier: "two" }] }), world);
    await failing(event);
    expect(hidden.at(-1)).toEqual([["receipt-two"], 720]);
  });

  it("are worked on although the queue cannot hide them now", async () => {
    const { world, told } = hidingWorld(new Failure("QueueUnavailable", "syncs", "the queue is away"));
    expect(await stayingHidden(async () => ({ batchItemFailures: [] }), world)(event)).toEqual({ batchItemFailures: [] });
    expect(told).toEqual(["not-hidden"]);
  });

  it("are hidden no more when the worker is done for in its own code", async () => {
    const { world, stopped } = hidingWorld();
    const broken = stayingHidden(() => Promise.reject(new Error("a bug")), world);
    await expect(broken(event)).rejects.toThrow("a bug");
    expect(stopped()).toBe(1);
  });

  it("bring a dead worker's Application to its next step within 120 s: seen again, then unmoved for a lease time and its margin", () => {
    const seenAfter = hiding.alive;
    expect(seenAfter + (leaseTimes.length + leaseTimes.margin) / 1000).toBeLessThan(120);
    expect(hiding.alive).toBeGreaterThan(2 * hiding.every);
    for (const { visibility } of queues) expect(visibility).toBeGreaterThan(hiding.alive);
  });
});
