import { isLoopbackHost } from "./hosts.ts";

/** An HTTP request to a place that users name. What comes back is judged by the caller; only trouble on the way is thrown, as WebTrouble. */
export interface WebRequest {
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** `Authorization` for this URL's origin, and for no other. */
  readonly authorization?: string | undefined;
  /** What to do when the server points to another origin: refuse, or go on there without the authorization (https only). */
  readonly elsewhere: "refuse" | "follow";
  /** Seconds for everything, the last byte included. */
  readonly seconds: number;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody reads. */
  discard(): Promise<void>;
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
    const answer = await send(url, request, url.origin === origin, signal, request.seconds);
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers.get("location") : null;
    if (location === null || (request.method ?? "GET") !== "GET") return answerOf(answer, url, signal, request.seconds);
    await answer.body?.cancel();
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

const send = async (url: URL, request: WebRequest, atHome: boolean, signal: AbortSignal, seconds: number): Promise<Response> => {
  const headers = new Headers({ "user-agent": "git/2.0 (fairlead)", ...request.headers });
  if (request.authorization !== undefined && atHome) headers.set("authorization", request.authorization);
  const body = request.body === undefined ? {} : { body: request.body };
  try {
    return await fetch(url.href, { method: request.method ?? "GET", headers, redirect: "manual", signal, ...body });
  } catch (cause) {
    throw troubleOf(cause, signal, seconds);
  }
};

const answerOf = (response: Response, url: URL, signal: AbortSignal, seconds: number): WebAnswer => ({
  status: response.status,
  headers: response.headers,
  url: url.href,
  body: bodyOf(response, signal, seconds),
  discard: async () => {
    await response.body?.cancel();
  },
});

async function* bodyOf(response: Response, signal: AbortSignal, seconds: number): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response.body ?? []) yield chunk;
  } catch (cause) {
    throw troubleOf(cause, signal, seconds);
  }
}

const troubleOf = (cause: unknown, signal: AbortSignal, seconds: number): WebTrouble =>
  signal.aborted
    ? new WebTrouble("timeout", `no complete answer within ${seconds} s`, cause)
    : new WebTrouble("unreachable", reasonOf(cause), cause);

/** undici says `fetch failed` and puts the reason into nested causes. Codes only: texts may repeat the URL. */
const reasonOf = (error: unknown): string => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
    if (at instanceof AggregateError && at.errors[0] !== undefined) return reasonOf(at.errors[0]);
  }
  return "the connection broke";
};

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

/** `Retry-After` in seconds, given as such or as a date. */
export const retryAfterOf = (headers: Headers, now: number): number | undefined => {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
};

export const basicAuthorization = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
