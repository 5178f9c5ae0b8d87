import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from "node:http2";
import type { ClientCertificate, ClusterAddress } from "./address.ts";
import { ConnectionBroken } from "./broken.ts";
import { lookupAllowed } from "./hosts.ts";
import { openStream } from "./stream.ts";

export interface RawRequest {
  readonly method: "GET" | "PATCH" | "POST" | "PUT" | "DELETE";
  /** With query, below the server's own path. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Largest answer worth reading, bytes. */
  readonly limit: number;
}

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

/** A successful answer larger than the request's limit. */
export class AnswerTooLarge extends Error {}

/** An answer that goes on: its head, and what follows as it comes. Ends quietly when the server ends it; throws ConnectionBroken. */
export interface RawStream extends Omit<RawAnswer, "body"> {
  readonly chunks: AsyncIterable<Buffer>;
}

/** One HTTP/2 connection to one server, opened when needed and again after GOAWAY, a reset, a timeout or a long silence. */
export interface Connection {
  send(request: RawRequest, timeoutMs: number): Promise<RawAnswer>;
  /** `silenceMs`: nothing for this long means that the connection is dead. */
  stream(request: RawRequest, silenceMs: number, stop: AbortSignal): Promise<RawStream>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
/** Load balancers drop silent connections after minutes, and a frozen Lambda does not notice: a new handshake is cheaper than finding out. */
const IDLE_MS = 60_000;
/** Enough of an error to read its Status. */
const ERROR_BYTES = 256 * 1024;
/** The default 64 KiB would cost a round trip for each of it. */
const WINDOW_BYTES = 8 * 1024 * 1024;
const SESSION_MEMORY_MB = 512;

export const openConnection = (address: ClusterAddress, certificate: ClientCertificate | undefined): Connection => {
  const { server } = address;
  const prefix = server.pathname.replace(/\/+$/, "");
  let session: ClientHttp2Session | undefined;
  let lastUsed = 0;

  const retire = (broken: ClientHttp2Session): void => {
    if (session === broken) session = undefined;
    if (!broken.closed && !broken.destroyed) broken.close();
  };

  const open = (): ClientHttp2Session => {
    const opened = connect(server.origin, {
      rejectUnauthorized: true,
      settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
      maxSessionMemory: SESSION_MEMORY_MB,
      ...(address.ca === undefined ? {} : { ca: address.ca }),
      ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
      ...(address.serverName === undefined ? {} : { servername: address.serverName }),
      ...{ lookup: lookupAllowed(address.allowLoopback) },
    });
    const patience = setTimeout(() => opened.destroy(new Error(`no connection within ${CONNECT_MS / 1000} s`)), CONNECT_MS);
    opened.once("connect", () => {
      clearTimeout(patience);
      opened.setLocalWindowSize(2 * WINDOW_BYTES);
    });
    opened.once("close", () => {
      clearTimeout(patience);
      retire(opened);
    });
    opened.once("goaway", () => retire(opened));
    // Each waiting stream gets the error as its own.
    opened.on("error", () => retire(opened));
    return opened;
  };

  const current = (): ClientHttp2Session => {
    const now = Date.now();
    if (session && now - lastUsed > IDLE_MS) retire(session);
    lastUsed = now;
    session ??= open();
    return session;
  };

  return {
    send: async (request, timeoutMs) => {
      const used = current();
      const stream = startStream(used, request, { host: server.host, path: `${prefix}${request.path}` });
      try {
        return await readAnswer(stream, request.limit, timeoutMs);
      } catch (error) {
        if (error instanceof ConnectionBroken) retire(used);
        throw error;
      } finally {
        lastUsed = Date.now();
      }
    },
    stream: async (request, silenceMs, stop) => {
      const used = current();
      const stream = startStream(used, request, { host: server.host, path: `${prefix}${request.path}` });
      try {
        return await openStream(stream, silenceMs, stop);
      } catch (error) {
        if (error instanceof ConnectionBroken && !stop.aborted) retire(used);
        throw error;
      }
    },
    close: async () => {
      const open = session;
      session = undefined;
      // Lets requests in flight finish; each has its own time limit.
      if (open && !open.closed && !open.destroyed) await new Promise<void>((resolve) => open.close(resolve));
    },
  };
};

const startStream = (session: ClientHttp2Session, request: RawRequest, at: { host: string; path: string }): ClientHttp2Stream => {
  const head = { ":method": request.method, ":authority": at.host, ":path": at.path, ...request.headers };
  try {
    const stream = session.request(head, { endStream: request.body === undefined });
    if (request.body !== undefined) stream.end(request.body);
    return stream;
  } catch (error) {
    throw new ConnectionBroken("the connection closed", { cause: error });
  }
};

const readAnswer = (stream: ClientHttp2Stream, limit: number, timeoutMs: number): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let head: IncomingHttpHeaders = {};
    const timer = setTimeout(() => fail(new ConnectionBroken(`no answer within ${Math.round(timeoutMs / 1000)} s`)), timeoutMs);

    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    };
    const finish = (): void => {
      clearTimeout(timer);
      const status = Number(head[":status"] ?? 0);
      resolve({ status, contentType: head["content-type"] ?? "", retryAfter: head["retry-after"], body: Buffer.concat(chunks, size) });
    };

    stream.on("response", (headers) => {
      head = headers;
    });
    stream.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (Number(head[":status"]) >= 400 && size >= ERROR_BYTES) {
        finish();
        stream.close(constants.NGHTTP2_CANCEL);
      } else if (size > limit) fail(new AnswerTooLarge(`more than ${limit} bytes`));
    });
    stream.on("end", () => {
      if (head[":status"] !== undefined && !stream.aborted && stream.rstCode === constants.NGHTTP2_NO_ERROR) finish();
    });
    stream.on("error", (error) => fail(new ConnectionBroken("the connection broke", { cause: error })));
    stream.on("close", () => fail(new ConnectionBroken(`the server reset the request (code ${stream.rstCode})`)));
  });
