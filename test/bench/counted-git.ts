import { createServer, request } from "node:http";
import { listen } from "../support/listen.ts";

/** Passes everything on to a Git server and counts the downloads: conversations in which commits were asked for, not only refs. */
export const countDownloads = async (target: string) => {
  let downloads = 0;
  const server = createServer((given, answer) => {
    const chunks: Buffer[] = [];
    given.on("data", (chunk: Buffer) => chunks.push(chunk));
    given.on("end", () => {
      const body = Buffer.concat(chunks);
      if (body.includes("command=fetch")) downloads++;
      const { host: _host, ...headers } = given.headers;
      const passed = request(new URL(given.url ?? "/", target), { method: given.method ?? "GET", headers }, (from) => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(answer);
      });
      passed.on("error", () => answer.destroy());
      passed.end(body);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    /** Since the last call. */
    downloads: () => {
      const counted = downloads;
      downloads = 0;
      return counted;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
