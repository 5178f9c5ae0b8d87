import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { z } from "zod";

/** Git LFS, downloads only: https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md */
const media = "application/vnd.git-lfs+json";
const Batch = z.object({
  operation: z.string(),
  objects: z.array(z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number() })),
});

const objectPath = (folder: string, oid: string) => join(folder, "large-files", oid);

/** Keeps the bytes and answers the pointer file that goes into the commit in their place. */
export async function keepLargeFile(folder: string, bytes: Uint8Array): Promise<string> {
  const oid = createHash("sha256").update(bytes).digest("hex");
  await mkdir(join(folder, "large-files"), { recursive: true });
  await writeFile(objectPath(folder, oid), bytes);
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${bytes.length}\n`;
}

/** Answers a request below `<repository>.git/info/lfs`; `base` is that address as the client knows it. */
export async function serveLargeFiles(folder: string, base: string, rest: string, request: IncomingMessage, response: ServerResponse) {
  if (request.method === "POST" && rest === "/objects/batch") {
    const { operation, objects } = Batch.parse(JSON.parse(await textOf(request)));
    if (operation !== "download")
      return response.writeHead(403, { "content-type": media }).end('{"message":"this host only gives large files"}');
    const answer = await Promise.all(objects.map((object) => describe(folder, base, object)));
    return response.writeHead(200, { "content-type": media }).end(JSON.stringify({ transfer: "basic", objects: answer }));
  }
  const [, oid] = /^\/objects\/([0-9a-f]{64})$/.exec(rest) ?? [];
  const bytes = oid === undefined ? undefined : await readFile(objectPath(folder, oid)).catch(() => undefined);
  return bytes === undefined
    ? response.writeHead(404).end()
    : response.writeHead(200, { "content-type": "application/octet-stream" }).end(bytes);
}

async function describe(folder: string, base: string, { oid, size }: { oid: string; size: number }) {
  const bytes = await readFile(objectPath(folder, oid)).catch(() => undefined);
  if (bytes === undefined) return { oid, size, error: { code: 404, message: "Object does not exist" } };
  return { oid, size: bytes.length, authenticated: true, actions: { download: { href: `${base}/objects/${oid}` } } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
