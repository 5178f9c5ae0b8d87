import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openRepository } from "es-git";
import { broken } from "../web/failures.ts";
import { asDiskTrouble } from "./disk.ts";
import { flush, packet } from "./pkt-line.ts";

/**
 * Adds a pack to a bare repository by libgit2, which takes packs only from a remote. So it is given one: a server on loopback that offers
 * exactly this commit and passes the pack on as it arrives. libgit2 never meets a foreign host: hosts, credentials, redirects, host keys
 * and limits are all ours. Paths are random and good for one request, so that nobody else on the machine can read along.
 */
export const indexPack = async (folder: string, sha: string, pack: AsyncIterable<Uint8Array>, label: string): Promise<void> => {
  const port = await listening();
  const token = randomUUID();
  const offer: Offer = { sha, pack, delivered: undefined, trouble: undefined };
  offers.set(token, offer);
  try {
    const repository = await openRepository(folder, { bare: true });
    // The refspec matches nothing: a ref kept here would make libgit2 walk history that a shallow pack does not have.
    const remote = repository.createRemote(`r${token}`, `http://127.0.0.1:${port}/${token}`, { fetchRefspec: "+refs/none:refs/none" });
    await remote.fetch([offeredRef], { fetch: { downloadTags: "None", followRedirects: "None" } });
  } catch (cause) {
    await offer.delivered;
    const trouble = asDiskTrouble(offer.trouble ?? cause, label);
    throw trouble === cause ? broken(label, "what came is not a whole pack", cause) : trouble;
  } finally {
    offers.delete(token);
  }
};

interface Offer {
  readonly sha: string;
  readonly pack: AsyncIterable<Uint8Array>;
  /** Settled when nothing more of the pack is on its way. */
  delivered: Promise<void> | undefined;
  /** Why the pack broke off, which libgit2 only sees as a closed connection. */
  trouble: unknown;
}

const offeredRef = "refs/heads/offered";
const offers = new Map<string, Offer>();
let server: Server | undefined;

const listening = async (): Promise<number> => {
  if (server === undefined) {
    const started = createServer((request, response) => {
      const [, token = "", ...rest] = (request.url ?? "").split("/");
      const offer = offers.get(token);
      if (offer === undefined) response.writeHead(404).end();
      else if (request.method === "GET") advertise(offer, response);
      else if (rest.join("/") === "git-upload-pack") offer.delivered = deliver(offer, request.resume(), response);
    });
    started.unref();
    server = started;
    await new Promise<void>((resolve, reject) => started.once("error", reject).listen(0, "127.0.0.1", resolve));
  } else if (!server.listening) await new Promise((resolve) => server?.once("listening", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the loopback server has no port");
  return address.port;
};

const advertise = (offer: Offer, response: ServerResponse): void => {
  response.setHeader("content-type", "application/x-git-upload-pack-advertisement");
  response.end(
    Buffer.concat([packet("# service=git-upload-pack\n"), flush, packet(`${offer.sha} ${offeredRef}\0ofs-delta agent=fairlead\n`), flush]),
  );
};

const deliver = async (offer: Offer, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  response.setHeader("content-type", "application/x-git-upload-pack-result");
  try {
    await once(request, "end");
    response.write(packet("NAK\n"));
    await pipeline(Readable.from(watched(offer), { objectMode: false }), response);
  } catch {
    // Either side may have broken it off: `trouble` tells which, and libgit2 says the rest.
    response.destroy();
  }
};

async function* watched(offer: Offer): AsyncGenerator<Uint8Array> {
  try {
    yield* offer.pack;
  } catch (error) {
    offer.trouble = error;
    throw error;
  }
}
