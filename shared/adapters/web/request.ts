import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isLoopbackHost } from "./hosts.ts";

/** An HTTP request to a place that users name. What comes back is judged by the caller; only trouble on the way is thrown, as WebTrouble. */
export interface WebRequest {
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** `Authorization` for this URL's origin, and for no other. */
  readonly authorization?: string | undefined;
  /** What to do when the server points to another origin: refuse, or go on there without the authorization (https only). */
  readonly elsewhere: "refuse" | "follow";
  /** Seconds for everything, the last byte included. */
  readonly seconds: number;
}

export interface WebAnswer {
  readonly status: number;
  /** By its name in lower case. */
  header(name: string): string | undefined;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody reads. */
  discard(): void;
}

export type WebTroubleKind = "unreachable" | "timeout" | "redirected" | "too large";

/** `message` says what happened in a few words that hold no credential: `ECONNREFUSED`, `redirects to other.example`. */
export class WebTrouble extends Error {
  override readonly name = "WebTrouble";
  readonly kind: WebTroubleKind;
  constructor(kind: WebTroubleKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

const mostRedirects = 5;

/** Follows redirects itself, so that a credential never reaches another origin than the one it is for (CVE-2021-32690). */
export const webRequest = async (request: WebRequest): Promise<WebAnswer> => {
  const signal = AbortSignal.timeout(request.seconds * 1000);
  let url = new URL(request.url);
  const { origin } = url;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = answerOf(await send(url, request, url.origin === origin, signal), url, signal, request.seconds);
    const location = answer.status >= 300 && answer.status < 400 ? answer.header("location") : undefined;
    if (location === undefined || (request.method ?? "GET") !== "GET") return answer;
    answer.discard();
    const next = URL.parse(location, url.href);
    if (next === null) throw new WebTrouble("redirected", "redirects to something that is not a URL");
    if (!mayFollow(url, next, origin, request.elsewhere)) throw new WebTrouble("redirected", `redirects to ${next.protocol}//${next.host}`);
    url = next;
  }
  throw new WebTrouble("redirected", "redirects in a circle");
};

const mayFollow = (from: URL, to: URL, origin: string, elsewhere: WebRequest["elsewhere"]): boolean => {
  if (to.origin === origin) return true;
  if (elsewhere === "refuse") return false;
  // A public server must not lead us to services that listen on this machine only.
  if (isLoopbackHost(to.hostname) && !isLoopbackHost(from.hostname)) return false;
  return to.protocol === "https:" || (to.protocol === "http:" && isLoopbackHost(to.hostname));
};

/**
 * Not `fetch`: that refuses ports which people do run Git hosts on (10080), and unpacks `.tgz` files that Apache labels as encoded, so that
 * their digests would be wrong.
 */
const send = async (url: URL, request: WebRequest, atHome: boolean, signal: AbortSignal): Promise<IncomingMessage> => {
  const { method = "GET", body, headers, authorization } = request;
  const all = {
    "user-agent": "git/2.0 (fairlead)",
    ...headers,
    ...(authorization !== undefined && atHome ? { authorization } : {}),
    ...(body === undefined ? {} : { "content-length": String(body.length) }),
  };
  try {
    return await new Promise((resolve, reject) => {
      const open = url.protocol === "https:" ? https.request : http.request;
      open(url, { method, headers: all, signal }).once("response", resolve).on("error", reject).end(body);
    });
  } catch (cause) {
    throw troubleOf(cause, signal, request.seconds);
  }
};

const answerOf = (response: IncomingMessage, url: URL, signal: AbortSignal, seconds: number): WebAnswer => ({
  status: response.statusCode ?? 0,
  header: (name) => headerOf(response, name),
  url: url.href,
  body: bodyOf(response, signal, seconds),
  discard: () => void response.destroy(),
});

const headerOf = (response: IncomingMessage, name: string): string | undefined => {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

async function* bodyOf(response: IncomingMessage, signal: AbortSignal, seconds: number): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk;
  } catch (cause) {
    throw troubleOf(cause, signal, seconds);
  }
}

const troubleOf = (cause: unknown, signal: AbortSignal, seconds: number): WebTrouble =>
  signal.aborted
    ? new WebTrouble("timeout", `no complete answer within ${seconds} s`, cause)
    : new WebTrouble("unreachable", reasonOf(cause), cause);

/** Codes only: texts may repeat the URL. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "the connection broke";

/** All bytes of a body, at most `limit` after decompression; more is WebTrouble `too large`. */
export const bytesOf = async (answer: Pick<WebAnswer, "body">, limit: number): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > limit) throw new WebTrouble("too large", `more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
};

/** What a host asks us to wait, in seconds: `Retry-After`, as such or as a date, else when a limit that is used up begins anew. */
export const retryAfterOf = (answer: Pick<WebAnswer, "header">, now: number): number | undefined => {
  const text = answer.header("retry-after");
  if (text !== undefined) return plausible(/^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000));
  for (const prefix of ["x-ratelimit", "ratelimit"]) {
    const reset = answer.header(`${prefix}-reset`);
    if (answer.header(`${prefix}-remaining`)?.trim() === "0" && /^\d+$/.test(reset ?? "")) return plausible(untilReset(Number(reset), now));
  }
  return undefined;
};

/** GitHub and GitLab say seconds since 1970; the header's draft says seconds from now. */
const untilReset = (reset: number, now: number): number => (reset > 1_000_000_000 ? Math.ceil(reset - now / 1000) : reset);

const plausible = (seconds: number): number | undefined => (Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined);

export const basicAuthorization = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
