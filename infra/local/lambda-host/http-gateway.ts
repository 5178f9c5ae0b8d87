import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { toHttpEvent, writeAnswer, writeProblem } from "./http-event.ts";

/** An HTTP API's own limits. */
const limits = { bodyBytes: 10 * 1024 * 1024, answerMs: 30_000 } as const;

export interface Route {
  /** As in the topology: `/hooks/{connection}`. */
  readonly path: string;
  readonly invoke: (event: unknown) => Promise<unknown>;
}

export interface HttpGateway {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  stop(): Promise<void>;
}

/** The stand-in for API Gateway: every request of a route becomes an event of its function. Port 0 takes any that is free. */
export const startGateway = async (routes: readonly Route[], port: number, onTrouble: (error: unknown) => void): Promise<HttpGateway> => {
  const server = createServer({ requestTimeout: limits.answerMs }, async (request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const route = routes.find((candidate) => matches(candidate.path, path));
    if (!route) return writeProblem(response, 404, "Not Found");
    try {
      const body = await readBody(request);
      if (body === undefined) return writeProblem(response, 413, "Request Entity Too Large");
      writeAnswer(response, await route.invoke(toHttpEvent(request, body, Date.now(), randomUUID())));
    } catch (error) {
      onTrouble(error);
      if (!response.headersSent) writeProblem(response, 500, "Internal Server Error");
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
};

const matches = (pattern: string, path: string): boolean => {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return wanted.length === given.length && wanted.every((part, at) => part === given[at] || (part.startsWith("{") && given[at] !== ""));
};

/** Undefined when it is too large: what is still to come is read and dropped, so that the sender gets its answer. */
const readBody = (request: IncomingMessage): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limits.bodyBytes) return void chunks.push(chunk);
      chunks.length = 0;
      resolve(undefined);
    });
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", reject);
    request.once("close", () => reject(new Error("the sender closed the connection before its request was complete")));
  });
