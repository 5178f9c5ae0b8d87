import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { listenOnLoopback } from "../../infra/local/stand-ins/child.ts";
import { localTools } from "../../infra/local/tools.ts";

export const chartLogin = { kind: "basic", username: "charts", password: "ch4rts-passw0rd" } as const;

/** A real chart repository: charts packed and indexed by helm, behind a password, on loopback. */
export const chartRepository = async () => {
  const root = await mkdtemp(join(tmpdir(), "charts-"));
  const { helm } = await localTools();
  const run = (...words: string[]) => promisify(execFile)(helm, words, { env: { HOME: root } });
  const expected = `Basic ${Buffer.from(`${chartLogin.username}:${chartLogin.password}`).toString("base64")}`;
  const seen: { readonly url: string; readonly authorization: string | undefined }[] = [];
  const state: { intercept: (request: IncomingMessage, response: ServerResponse) => boolean } = { intercept: () => false };

  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? "", authorization: request.headers.authorization });
    if (state.intercept(request, response)) return;
    if (request.headers.authorization !== expected) {
      response.writeHead(401).end();
      return;
    }
    readFile(join(root, "served", request.url ?? "")).then(
      (bytes) => {
        const etag = `"${bytes.length}"`;
        if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
        else response.writeHead(200, { etag }).end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  const url = `${await listenOnLoopback(server)}/stable`;

  return {
    url,
    seen,
    state,
    folder: join(root, "served", "stable"),
    async add(name: string, version: string, files: Readonly<Record<string, string>>): Promise<void> {
      const source = join(root, "source", `${name}-${version}`, name);
      const all = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...files };
      for (const [path, text] of Object.entries(all)) {
        await mkdir(dirname(join(source, path)), { recursive: true });
        await writeFile(join(source, path), text);
      }
      await run("package", source, "--destination", join(root, "served", "stable"));
      await run("repo", "index", join(root, "served", "stable"));
    },
    stop: async () => {
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
      await rm(root, { recursive: true, force: true });
    },
  };
};
