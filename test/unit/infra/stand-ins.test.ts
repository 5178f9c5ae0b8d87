import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whereabouts } from "../../../infra/local/stand-ins/start.ts";
import { deadLetterQueue, functions, queues } from "../../../infra/topology.ts";
import { s3Artifacts } from "../../../shared/adapters/artifacts/s3.ts";
import { sqsQueue } from "../../../shared/adapters/queue/sqs.ts";
import { dynamoTable } from "../../../shared/adapters/table/dynamodb.ts";
import { documentClient } from "../../../shared/adapters/table/open.ts";
import { standInsForTests } from "../../contract/stand-ins.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stand-ins-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("stand-ins for AWS on one machine", () => {
  it("keep table, artifacts and messages over a restart, also a message that somebody was working on", async () => {
    const first = await standInsForTests({ folder });
    await dynamoTable(documentClient(first.dynamodb), first.table).put({ pk: "app#shop", sk: "state", v: 1, dueShard: 3, dueAt: 5 });
    await s3Artifacts(first.s3, first.bucket).put("bundles/abc", Buffer.from("files"));
    await sqsQueue(first.sqs, first.queueUrl("pushes")).send([
      { body: "taken", group: "team" },
      { body: "later", delaySeconds: 900, group: "team" },
    ]);
    const taken = await first.sqs.send(new ReceiveMessageCommand({ QueueUrl: first.queueUrl("pushes") }));
    expect(taken.Messages).toHaveLength(1);
    await first.stop();

    const second = await standInsForTests({ folder });
    expect(await dynamoTable(documentClient(second.dynamodb), second.table).due(3, 10, 10)).toEqual([{ pk: "app#shop", sk: "state" }]);
    expect(Buffer.from((await s3Artifacts(second.s3, second.bucket).get("bundles/abc")) ?? []).toString()).toBe("files");
    const again = await second.sqs.send(new ReceiveMessageCommand({ QueueUrl: second.queueUrl("pushes"), MaxNumberOfMessages: 10 }));
    expect(again.Messages?.map((message) => message.Body)).toEqual(['"taken"']);
    await second.stop();
  });

  it("have every queue with its dead-letter queue, and hide a message as long as the deployed queue would", async () => {
    const standIns = await standInsForTests();
    for (const { name, visibility, receives } of queues) {
      const request = (url: string) => new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
      const { Attributes } = await standIns.sqs.send(request(standIns.queueUrl(name)));
      const dead = await standIns.sqs.send(request(standIns.queueUrl(`${name}-dead`)));
      expect(Attributes?.VisibilityTimeout).toBe(String(visibility));
      expect(JSON.parse(Attributes?.RedrivePolicy ?? "")).toEqual({
        deadLetterTargetArn: dead.Attributes?.QueueArn,
        maxReceiveCount: receives,
      });
      expect(dead.Attributes?.QueueArn).toMatch(new RegExp(`:${deadLetterQueue(name)}$`));
    }
    await standIns.stop();
  });

  it("listen on loopback only: artifacts must not be readable from the network", async () => {
    const standIns = await standInsForTests();
    const listening = (await readFile("/proc/net/tcp", "utf8")).split("\n").map((line) => line.trim().split(/\s+/)[1] ?? "");
    for (const endpoint of [standIns.endpoints.sqs, standIns.endpoints.dynamodb]) {
      const port = Number(new URL(endpoint).port).toString(16).toUpperCase().padStart(4, "0");
      expect(listening.filter((address) => address.endsWith(`:${port}`) && !address.startsWith("0100007F"))).toEqual([]);
      expect(listening).toContain(`0100007F:${port}`);
    }
    await standIns.stop();
  });

  it("tell functions where queues are, by network for syncs", async () => {
    const standIns = await standInsForTests();
    expect(whereabouts(standIns)).toMatchObject({
      FAIRLEAD_PUSHES: standIns.queueUrl("pushes"),
      FAIRLEAD_SYNCS: JSON.stringify({ public: standIns.queueUrl("syncs-public") }),
    });
    await standIns.stop();
  });
});

describe("the topology", () => {
  it("hides a message at least six times as long as its function may take, and within SQS's 12 hours", () => {
    for (const { timeout, wokenBy } of Object.values(functions)) {
      if (wokenBy.kind !== "queue") continue;
      const queue = queues.find(({ name }) => name === wokenBy.queue);
      expect(queue?.visibility).toBeGreaterThanOrEqual(6 * timeout);
      expect(queue?.visibility).toBeLessThanOrEqual(43_200);
    }
  });
});
