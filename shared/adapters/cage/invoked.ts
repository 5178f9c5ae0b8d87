import type { CageAnswer, CageRequest } from "../../ports/cage.ts";
import { type CageReply, mostInline, parsePayload } from "./payload.ts";

/** The cage's side of an invocation: fetches what came as URLs, puts a large output where it was told to. It knows no credentials. */
export const serveInvocation =
  (handle: (request: CageRequest) => Promise<CageAnswer>) =>
  async (event: unknown): Promise<CageReply> => {
    const { bundles, outputUrl, ...payload } = parsePayload(event);
    const read = bundles.map(async ({ at, key, inline, url }) => ({
      at,
      key,
      packed: url === undefined ? Buffer.from(inline ?? "", "base64") : await download(url),
    }));
    const answer = await handle({ ...payload, bundles: await Promise.all(read) });
    if (answer.state !== "done") return answer;
    const output = Buffer.from(answer.output);
    if (output.length <= mostInline) return answer;
    await upload(outputUrl, output);
    return { state: "stored" };
  };

const download = async (url: string): Promise<Uint8Array> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the artifact store answered ${response.status} for a bundle`);
  return new Uint8Array(await response.arrayBuffer());
};

const upload = async (url: string, bytes: Uint8Array): Promise<void> => {
  const response = await fetch(url, { method: "PUT", body: Buffer.from(bytes) });
  if (!response.ok) throw new Error(`the artifact store answered ${response.status} for an output`);
};
