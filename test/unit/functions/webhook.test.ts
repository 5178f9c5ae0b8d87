import type { LambdaEvent } from "hono/aws-lambda";
import { describe, expect, it } from "vitest";
import { webhookApp } from "../../../functions/webhook/app.ts";
import { webhookHandler } from "../../../functions/webhook/handler.ts";
import { defaultBodyBytes, largestBodyBytes } from "../../../shared/model/connection.ts";
import { githubHeaders, githubPayloads, githubSecret } from "../../support/payloads/github.ts";
import { connectionOf, octocat, webhookWorld } from "../../support/webhook-world.ts";

const secrets = { "webhooks/octocat": { value: githubSecret }, "webhooks/other": { value: githubSecret } };
const other = connectionOf({ name: "other", secret: "webhooks/other", repositories: ["github.com/other/*"] });
const options = { maxBodyBytes: defaultBodyBytes };
const body = JSON.stringify(githubPayloads.push);

const appOf = (...[connections = [octocat, other], trouble]: [(readonly (typeof octocat)[])?, Parameters<typeof webhookWorld>[2]?]) => {
  const memory = webhookWorld(connections, secrets, trouble);
  return { ...memory, app: webhookApp(memory.world, { ...options, alias: "octocat" }) };
};
const post = (sent: string | ReadableStream, headers: Readonly<Record<string, string>>): RequestInit => ({
  method: "POST",
  headers,
  body: sent,
  duplex: "half",
});

describe("the webhook's URLs", () => {
  it.each(["/hooks/octocat", "/api/webhook"])("POST %s takes a push", async (path) => {
    const { app, wanted } = appOf();
    const answer = await app.request(path, post(body, githubHeaders(body)));
    expect([answer.status, wanted.length]).toEqual([202, 1]);
    expect(await answer.json()).toEqual({ accepted: 1, duplicates: 0 });
  });

  it("/api/webhook is not there unless the installation names a connection for it", async () => {
    const { world } = webhookWorld([octocat], secrets);
    const app = webhookApp(world, options);
    expect((await app.request("/api/webhook", post(body, githubHeaders(body)))).status).toBe(404);
  });

  it.each([
    ["GET", "/hooks/octocat"],
    ["PUT", "/hooks/octocat"],
    ["POST", "/hooks"],
    ["POST", "/hooks/octocat/more"],
    ["POST", "/"],
  ])("%s %s is not there", async (method, path) => {
    const { app } = appOf();
    expect((await app.request(path, { method })).status).toBe(404);
  });

  it("answer an unknown connection byte for byte like a bad signature (W-20)", async () => {
    const { app } = appOf();
    const answers = await Promise.all([
      app.request("/hooks/octocat", post(body, githubHeaders(`${body} `))),
      app.request("/hooks/nobody", post(body, githubHeaders(body))),
      app.request("/hooks/%2e%2e%2foctocat", post(body, githubHeaders(body))),
    ]);
    const texts = await Promise.all(answers.map(async (answer) => [answer.status, [...answer.headers], await answer.text()]));
    expect(texts[1]).toEqual(texts[0]);
    expect(texts[2]).toEqual(texts[0]);
    expect(texts[0]?.[0]).toBe(401);
  });

  it("do not wait for each other: a connection that hangs delays no other (W-18)", async () => {
    const { world, wanted } = webhookWorld([octocat, other], secrets);
    const want = world.refs.want;
    const hanging = {
      want: (push: Parameters<typeof want>[0]) => (push.repository === "github.com/acme/web" ? new Promise<never>(() => {}) : want(push)),
    };
    const app = webhookApp({ ...world, refs: hanging }, options);
    for (let at = 0; at < 100; at++) void app.request("/hooks/octocat", post(body, githubHeaders(body)));
    const theirs = body.replaceAll("acme/web", "other/web");
    expect((await app.request("/hooks/other", post(theirs, githubHeaders(theirs)))).status).toBe(202);
    expect(wanted).toHaveLength(1);
  });
});

describe("the size of bodies (W-10)", () => {
  const padded = (size: number) => `${" ".repeat(size - body.length)}${body}`;

  it.each([
    ["0 B", "", 401],
    ["1 MiB", padded(1024 * 1024), 202],
    ["1 MiB and a byte", padded(1024 * 1024 + 1), 413],
    ["6 MB", padded(6_000_000), 413],
    ["25 MB", padded(25_000_000), 413],
  ])("%s", async (_, sent, status) => {
    const { app, wanted } = appOf();
    const answer = await app.request("/hooks/octocat", post(sent, githubHeaders(sent)));
    expect([answer.status, wanted.length]).toEqual([status, status === 202 ? 1 : 0]);
  });

  it("is counted while it comes, whatever the length header says, and no more than the limit is held", async () => {
    let pulled = 0;
    const endless = () =>
      new ReadableStream({
        pull: (controller) => {
          pulled += 65_536;
          controller.enqueue(new Uint8Array(65_536));
        },
      });
    const { app } = appOf();
    for (const claimed of [{}, { "Content-Length": "10" }, { "Content-Length": "-1" }, { "Content-Length": "x" }]) {
      pulled = 0;
      expect((await app.request("/hooks/octocat", post(endless(), { ...githubHeaders(body), ...claimed }))).status).toBe(413);
      expect(pulled).toBeLessThanOrEqual(defaultBodyBytes + 3 * 65_536);
    }
  });

  it("over the limit is refused by its header before a byte is read", async () => {
    let pulled = false;
    const pull = () => {
      pulled = true;
    };
    const stream = new ReadableStream({ pull }, { highWaterMark: 0 });
    const { app } = appOf();
    const headers = { ...githubHeaders(body), "Content-Length": String(defaultBodyBytes + 1) };
    expect((await app.request("/hooks/octocat", post(stream, headers))).status).toBe(413);
    expect(pulled).toBe(false);
  });

  it("may be larger for one connection, without telling strangers which", async () => {
    const large = padded(2_000_000);
    const memory = webhookWorld([{ ...octocat, maxBodyBytes: largestBodyBytes }, other], secrets);
    const app = webhookApp(memory.world, { maxBodyBytes: largestBodyBytes });
    const send = async (path: string, headers: Readonly<Record<string, string>>) => (await app.request(path, post(large, headers))).status;
    expect(await send("/hooks/octocat", githubHeaders(large))).toBe(202);
    expect(await send("/hooks/other", githubHeaders(large))).toBe(413);
    expect(await send("/hooks/other", githubHeaders("x"))).toBe(401);
    expect(await send("/hooks/nobody", githubHeaders(large))).toBe(401);
  });

  it("in pieces gives the same bytes", async () => {
    const bytes = Buffer.from(body);
    const pieces = ReadableStream.from([bytes.subarray(0, 7), bytes.subarray(7, 700), bytes.subarray(700)]);
    const { app, wanted } = appOf();
    expect((await app.request("/hooks/octocat", post(pieces, githubHeaders(body)))).status).toBe(202);
    expect(wanted).toHaveLength(1);
  });

  it("broken off half-way is no push", async () => {
    const broken = new ReadableStream({
      start: (controller) => {
        controller.enqueue(Buffer.from(body.slice(0, 100)));
        controller.error(new Error("connection reset"));
      },
    });
    const { app, wanted } = appOf();
    expect((await app.request("/hooks/octocat", post(broken, githubHeaders(body)))).status).toBe(400);
    expect(wanted).toEqual([]);
  });
});

describe("behind Lambda", () => {
  const event = (changes: { readonly body?: string; readonly isBase64Encoded?: boolean }): LambdaEvent => ({
    version: "2.0",
    routeKey: "$default",
    rawPath: "/hooks/octocat",
    rawQueryString: "",
    headers: Object.fromEntries(Object.entries(githubHeaders(body)).map(([name, value]) => [name.toLowerCase(), value])),
    requestContext: {
      accountId: "anonymous",
      apiId: "api",
      authentication: null,
      authorizer: {},
      domainName: "api.lambda-url.eu-central-1.on.aws",
      domainPrefix: "api",
      http: { method: "POST", path: "/hooks/octocat", protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "GitHub-Hookshot" },
      requestId: "id",
      routeKey: "$default",
      stage: "$default",
      time: "04/May/2026:10:00:00 +0000",
      timeEpoch: 0,
    },
    isBase64Encoded: false,
    body,
    ...changes,
  });

  it.each([
    ["as text", {}],
    ["in base64 (W-11)", { body: Buffer.from(body).toString("base64"), isBase64Encoded: true }],
  ])("the body may come %s", async (_, changes) => {
    const { world, wanted } = webhookWorld([octocat], secrets);
    const answer = await webhookHandler(world, options)(event(changes));
    expect(answer).toMatchObject({ statusCode: 202 });
    expect(wanted).toHaveLength(1);
  });

  it("a body that only looks like base64 is taken as it stands (W-11)", async () => {
    const { world, wanted } = webhookWorld([octocat], secrets);
    const answer = await webhookHandler(world, options)(event({ body: Buffer.from(body).toString("base64") }));
    expect(answer).toMatchObject({ statusCode: 401 });
    expect(wanted).toEqual([]);
  });

  it("our own trouble is 503 and shows nothing of it", async () => {
    const { world } = webhookWorld([octocat], secrets, { want: () => true });
    const answer = await webhookHandler(world, options)(event({}));
    expect(answer).toMatchObject({ statusCode: 503 });
    expect(JSON.stringify(answer)).not.toContain("table down");
  });
});
