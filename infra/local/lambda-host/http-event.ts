import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod/mini";

/** The event by which an HTTP API hands a request to Lambda, payload format 2.0. */
export const toHttpEvent = (request: IncomingMessage, body: Buffer, now: number, requestId: string) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  const method = request.method ?? "GET";
  const headers = headersOf(request);
  const base64 = body.length > 0 && !isText(headers["content-type"] ?? "", body);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    queryStringParameters: Object.fromEntries(url.searchParams),
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName: headers.host ?? "localhost",
      domainPrefix: "local",
      http: {
        method,
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: "$default",
      stage: "$default",
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString(base64 ? "base64" : "utf8") }),
    isBase64Encoded: base64,
  };
};

/** As the gateway: lower-case names, values of a repeated header joined by commas. */
const headersOf = (request: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(request.headersDistinct).flatMap(([name, values]) => (values === undefined ? [] : [[name, values.join(",")]])),
  );

/** Only these types come as text, and only where that loses no byte: signatures are over the exact bytes. */
const isText = (type: string, body: Buffer): boolean => /^(text\/|application\/(json|xml|javascript))/i.test(type) && isUtf8(body);

const HttpAnswer = z.object({
  statusCode: z.number(),
  headers: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  cookies: z.optional(z.array(z.string())),
  body: z.nullish(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
});

/** Writes a function's answer. Anything that is no such answer is the gateway's own 500. */
export const writeAnswer = (response: ServerResponse, answer: unknown): void => {
  const parsed = z.safeParse(HttpAnswer, answer);
  if (!parsed.success) {
    writeProblem(response, 500, "Internal Server Error");
    return;
  }
  const { statusCode, headers = {}, cookies = [], body, isBase64Encoded } = parsed.data;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  response.writeHead(statusCode).end(Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"));
};

/** The gateway's own answers look like this. */
export const writeProblem = (response: ServerResponse, status: number, message: string): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
};
