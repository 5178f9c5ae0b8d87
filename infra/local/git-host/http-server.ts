import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { spawnGuarded } from "../guarded-process.ts";
import { isLetIn } from "./basic-auth.ts";
import { gitEnvironment } from "./git.ts";
import { serveLargeFiles } from "./large-files.ts";
import type { pushWatch } from "./pushes.ts";
import { repositoryIn, repositoryPath } from "./repositories.ts";

interface HttpOptions {
  readonly folder: string;
  readonly username: string;
  readonly password: string;
  readonly receive: ReturnType<typeof pushWatch>;
}

/** Git's smart protocol over HTTP: `git http-backend` behind a username and a password. */
export function gitHttpServer(options: HttpOptions): Server {
  return createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(`${error}\n`);
    });
  });
}

async function answer(options: HttpOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "/", "http://host");
  if (!isLetIn(request.headers.authorization, options)) {
    return refuse(request, response, 401, "a username and a password are needed\n", { "www-authenticate": 'Basic realm="Git"' });
  }
  const repository = repositoryIn(decodeURI(pathname));
  if (repository === undefined) return refuse(request, response, 404, "there is no such repository\n");

  const largeFiles = "/info/lfs";
  if (repository.rest.startsWith(largeFiles)) {
    const base = `http://${request.headers.host}/${repository.name}.git${largeFiles}`;
    await serveLargeFiles(options.folder, base, repository.rest.slice(largeFiles.length), request, response);
    return;
  }
  const serve = () => runBackend(options, repository, search.slice(1), request, response);
  if (repository.rest !== "/git-receive-pack") return serve();
  return options.receive(repository.name, options.username, serve);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  request.resume();
  response.writeHead(status, headers).end(text);
}

/** Git's own CGI program: https://git-scm.com/docs/git-http-backend */
async function runBackend(
  { folder, username }: HttpOptions,
  repository: { name: string; rest: string },
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const header = (name: string) => String(request.headers[name] ?? "");
  const env = {
    ...gitEnvironment,
    GIT_PROJECT_ROOT: repositoryPath(folder, repository.name),
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_PROTOCOL: header("git-protocol"),
    PATH_INFO: repository.rest,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? "GET",
    CONTENT_TYPE: header("content-type"),
    HTTP_CONTENT_ENCODING: header("content-encoding"),
    REMOTE_USER: username,
    REMOTE_ADDR: "127.0.0.1",
    ...(request.headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: header("content-length") }),
  };
  const backend = spawnGuarded("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "ignore"] });
  const { stdin, stdout } = backend;
  if (stdin === null || stdout === null) throw new Error("git http-backend could not be started: is git installed?");
  // The backend may answer, and end, without reading all that the client sends.
  stdin.on("error", () => {});
  request.pipe(stdin);
  response.on("close", () => backend.kill());
  const ended = new Promise((resolve, reject) => backend.once("close", resolve).once("error", reject));
  await relay(stdout, response);
  await ended;
}

/** A CGI answer is header lines, an empty line and the body. */
async function relay(output: Readable, response: ServerResponse): Promise<void> {
  let head = Buffer.alloc(0);
  output.on("data", (chunk: Buffer) => {
    if (response.headersSent) {
      if (!response.write(chunk)) {
        output.pause();
        response.once("drain", () => output.resume());
      }
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    const lines = head.subarray(0, end).toString("latin1").split("\r\n");
    const headers = lines.map(
      (line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()] as const,
    );
    const status = Number.parseInt(headers.find(([name]) => name === "status")?.[1] ?? "200", 10);
    response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== "status")));
    response.write(head.subarray(end + 4));
  });
  await finished(output, { writable: false });
  if (!response.headersSent) response.writeHead(502);
  response.end();
}
