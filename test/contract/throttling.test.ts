import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { listenOnLoopback } from "../../infra/local/stand-ins/child.ts";
import { clientOptions } from "../../shared/adapters/aws/clients.ts";
import { sqsQueue } from "../../shared/adapters/queue/sqs.ts";
import { dynamoTable } from "../../shared/adapters/table/dynamodb.ts";
import { documentClient } from "../../shared/adapters/table/open.ts";

type Answer = { readonly status?: number; readonly body: object };

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A service that gives these answers, one per request (the last one for ever), and remembers the requests. */
const serviceThat = async (...answers: readonly ((request: unknown) => Answer)[]) => {
  const requests: unknown[] = [];
  const server = createServer(async (request, response) => {
    const body: unknown = JSON.parse(await textOf(request));
    const answer = answers[Math.min(requests.length, answers.length - 1)]?.(body);
    requests.push(body);
    response.writeHead(answer?.status ?? 200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer?.body));
  });
  const endpoint = await listenOnLoopback(server);
  const config = { ...clientOptions, endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { requests, config };
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
};

const throttled = (): Answer => ({
  status: 400,
  body: { __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", message: "slow down" },
});
const item = { pk: { S: "app#shop" }, sk: { S: "state" }, v: { N: "1" } };
const key = { pk: "app#shop", sk: "state" };

describe("a table that is throttled (F-11)", () => {
  it("is asked again by the client, unseen by the caller", async () => {
    const { requests, config } = await serviceThat(throttled, throttled, () => ({ body: { Item: item } }));
    const table = dynamoTable(documentClient(new DynamoDBClient(config)), "fairlead");
    expect(await table.get(key)).toEqual({ ...key, v: 1 });
    expect(requests).toHaveLength(3);
  });

  it("is TableUnavailable when it goes on, so that the work is tried again later", async () => {
    const { requests, config } = await serviceThat(throttled);
    const table = dynamoTable(documentClient(new DynamoDBClient({ ...config, maxAttempts: 2 })), "fairlead");
    await expect(table.put({ ...key, v: 1 })).rejects.toMatchObject({ code: "TableUnavailable", retry: true });
    expect(requests).toHaveLength(2);
  });

  it("is asked again for those of many keys that it left out", async () => {
    const Keys = [{ pk: { S: "app#b" }, sk: { S: "state" } }];
    const { requests, config } = await serviceThat(
      () => ({ body: { Responses: { fairlead: [item] }, UnprocessedKeys: { fairlead: { Keys } } } }),
      () => ({ body: { Responses: { fairlead: [{ ...item, pk: { S: "app#b" } }] }, UnprocessedKeys: {} } }),
    );
    const table = dynamoTable(documentClient(new DynamoDBClient(config)), "fairlead");
    const found = await table.getMany([key, { pk: "app#b", sk: "state" }]);
    expect(found.map(({ pk }) => pk)).toEqual(["app#shop", "app#b"]);
    expect(requests[1]).toMatchObject({ RequestItems: { fairlead: { Keys } } });
  });

  it("tells what stood there from the refusal itself, where the server sends it along", async () => {
    const refusal = {
      __type: "ConditionalCheckFailedException",
      message: "",
      Item: { ...item, list: { L: [{ M: { on: { BOOL: true }, none: { NULL: true } } }] } },
    };
    const { requests, config } = await serviceThat(() => ({ status: 400, body: refusal }));
    const table = dynamoTable(documentClient(new DynamoDBClient(config)), "fairlead");
    expect(await table.put({ ...key, v: 1 }, { pk: { absent: true } })).toEqual({
      written: false,
      found: { ...key, v: 1, list: [{ on: true, none: null }] },
    });
    expect(requests).toHaveLength(1);
  });
});

const Batch = z.object({ Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string() })) });

/** Takes the messages whose text is not among these. */
const takesAllBut =
  (...refused: readonly string[]) =>
  (request: unknown): Answer => {
    const entries = Batch.parse(request).Entries.map(({ Id, MessageBody }) => ({ Id, MessageBody, text: String(JSON.parse(MessageBody)) }));
    const taken = entries.filter(({ text }) => !refused.includes(text));
    const left = entries.filter(({ text }) => refused.includes(text));
    return {
      body: {
        Successful: taken.map(({ Id, MessageBody }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex"),
        })),
        Failed: left.map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false })),
      },
    };
  };

const texts = (requests: readonly unknown[]) =>
  requests.map((request) => Batch.parse(request).Entries.map(({ MessageBody }) => JSON.parse(MessageBody)));

describe("a queue that takes a batch only in part", () => {
  it("gets the rest again, and only the rest", async () => {
    const { requests, config } = await serviceThat(takesAllBut("b", "d"), takesAllBut("d"), takesAllBut());
    await sqsQueue<string>(new SQSClient(config), `${config.endpoint}/1/pushes`).send(
      ["a", "b", "c", "d"].map((body) => ({ body, group: "team" })),
    );
    expect(texts(requests)).toEqual([["a", "b", "c", "d"], ["b", "d"], ["d"]]);
  });

  it("gets each of them in its group, also again, in what SQS takes for one", async () => {
    const { requests, config } = await serviceThat(takesAllBut("b"), takesAllBut());
    await sqsQueue<string>(new SQSClient(config), `${config.endpoint}/1/renders`).send([
      { body: "a", group: "git.example.com/team/config" },
      { body: "b", group: `a team ${"x".repeat(200)}` },
    ]);
    const long = { MessageGroupId: `a_team_${"x".repeat(121)}` };
    expect(requests).toMatchObject([{ Entries: [{ MessageGroupId: "git.example.com/team/config" }, long] }, { Entries: [long] }]);
  });

  it("is QueueUnavailable when a message is never taken", async () => {
    const { requests, config } = await serviceThat(takesAllBut("b"));
    const sent = sqsQueue<string>(new SQSClient(config), `${config.endpoint}/1/pushes`).send([
      { body: "a", group: "team" },
      { body: "b", group: "team" },
    ]);
    await expect(sent).rejects.toMatchObject({ code: "QueueUnavailable", subject: "pushes", retry: true });
    expect(texts(requests)).toEqual([["a", "b"], ["b"], ["b"], ["b"]]);
  });
});
