import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenOnLoopback } from "../../infra/local/stand-ins/child.ts";
import type { GitRepositories } from "./git-repositories.ts";

export const httpLogin = { kind: "basic", username: "reader", password: "s3cr3t-passw0rd" } as const;

/** What a test may do before Git answers; `true` means: answered. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

/** `git http-backend` behind a password. Repositories under `open/` want none. `protocol` "0" is a host that knows no newer one. */
export const gitOverHttp = async (repositories: GitRepositories) => {
  const seen: string[] = [];
  /** `sent` counts the bytes that Git answered with. */
  const state: { intercept: Intercept; protocol: "0" | "2"; sent: number } = { intercept: () => false, protocol: "2", sent: 0 };
  const expected = `Basic ${Buffer.from(`${httpLogin.username}:${httpLogin.password}`).toString("base64")}`;

  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (state.intercept(request, response)) return;
    const url = new URL(request.url ?? "/", "http://host");
    if (!url.pathname.startsWith("/open/") && request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": "Basic realm=git" }).end("who are you?");
      return;
    }
    backend(repositories, url, request, response, state);
  });
  const url = await listenOnLoopback(server);
  return { url, seen, state, stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
};

const backend = (
  repositories: GitRepositories,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  state: { readonly protocol: "0" | "2"; sent: number },
): void => {
  const child = spawn("git", ["http-backend"], {
    env: {
      ...repositories.environment,
      GIT_PROJECT_ROOT: repositories.root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      REMOTE_ADDR: "127.0.0.1",
      ...(state.protocol === "2" ? { HTTP_GIT_PROTOCOL: String(request.headers["git-protocol"] ?? "") } : {}),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (chunk: Buffer) => {
    state.sent += chunk.length;
  });
  let head = Buffer.alloc(0);
  child.stdout.on("data", function readHead(chunk: Buffer) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    child.stdout.off("data", readHead);
    const lines = head.toString("latin1", 0, end).split("\r\n");
    const fields = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const);
    response.statusCode = Number(fields.find(([name]) => name === "Status")?.[1]?.slice(0, 3) ?? 200);
    for (const [name, value] of fields) if (name !== "Status") response.setHeader(name, value);
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  });
};
