import { request } from "node:https";

/** Where a control plane answers and what a client needs to be let in. */
export interface ApiAccess {
  readonly server: string;
  /** Certificates in PEM that the server's certificate is verified with. */
  readonly ca: string;
  readonly token: string;
}

/** One request to the API server, for bringing it up only: JSON in, status and text out. Rejects when nothing answers. */
export function callApi(
  { server, ca, token }: ApiAccess,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const call = request(new URL(path, server), { method, ca, headers, agent: false, timeout: 5_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }));
      answer.on("error", reject);
    });
    call.on("error", reject);
    call.on("timeout", () => call.destroy(new Error(`${method} ${path} got no answer in 5 s`)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
