import { Failure } from "../../model/failure.ts";
import type { ClusterAddress, ClusterCredentials } from "./address.ts";
import { ConnectionBroken } from "./broken.ts";
import { AnswerTooLarge, type Connection, type RawAnswer, type RawRequest, type RawStream } from "./connection.ts";
import { limitInFlight } from "./in-flight.ts";
import { clean, readStatus } from "./status.ts";

/** Sends until there is an answer that says something: below 400, or about this request. Throws ClusterUnreachable, ClusterBusy, ClusterForbidden. */
export type Send = (request: Request) => Promise<RawAnswer>;

export interface Request {
  readonly method: RawRequest["method"];
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes; who sets it handles AnswerTooLarge, else it becomes LimitExceeded. */
  readonly limit?: number;
}

/** What tests replace: time passing and chance. */
export interface Pace {
  /** ms since 1970: what dates in headers are compared with. */
  readonly now: () => number;
  /** ms that nobody sets or turns back: what deadlines are measured by. */
  readonly elapsed: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly random: () => number;
}

export const realPace: Pace = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: () => Math.random(),
};

/** Opens an answer that goes on, such as a watch. Throws what the connection throws; only 401 is tried again, with a fresh token. */
export type OpenStream = (request: Pick<Request, "path" | "headers">, stop: AbortSignal) => Promise<RawStream>;

/** A server sends a bookmark every minute. */
const SILENCE_MS = 100_000;

export const streamFrom =
  (credentials: ClusterCredentials, connection: Connection): OpenStream =>
  async (request, stop) => {
    const open = async (fresh: boolean) => {
      const token = await credentials.token?.({ fresh });
      const headers = {
        ...request.headers,
        "user-agent": "fairlead",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      return connection.stream({ method: "GET", path: request.path, headers, limit: OBJECT_BYTES }, SILENCE_MS, stop);
    };
    const answer = await open(false);
    return answer.status === 401 && credentials.token ? open(true) : answer;
  };

/** Waiting for others, for a token and for a server that asks for patience included: a request must not outlive its sender's lease. */
const DEADLINE_MS = 30_000;
const IN_FLIGHT = 32;
const BUSY_ATTEMPTS = 4;
const BROKEN_ATTEMPTS = 2;
const BACKOFF_MS = 250;
/** For so long at most does one answer hold up all other requests: it may come from the server of one API group. */
const QUIET_MS = 5_000;
/** Ten times what etcd stores. */
const OBJECT_BYTES = 16 * 1024 * 1024;

/** `most`: requests in flight, where fewer are wished for than an API server bears. */
export const sendTo = (
  address: ClusterAddress,
  credentials: ClusterCredentials,
  connection: Connection,
  pace: Pace,
  most: number = IN_FLIGHT,
): Send => {
  const inFlight = limitInFlight(Math.min(most, IN_FLIGHT));
  const quiet = quietTime(pace);
  const host = address.server.host;
  const unreachable = (why: string, cause?: unknown): Failure =>
    new Failure("ClusterUnreachable", address.name, `Cluster ${address.name} at ${host} cannot be reached: ${why}.`, { cause });

  const attempt = async (request: Request, deadline: number, fresh: boolean): Promise<RawAnswer> => {
    const token = await credentials.token?.({ fresh });
    const headers = {
      accept: "application/json",
      "user-agent": "fairlead",
      ...request.headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const timeout = deadline - pace.elapsed();
    if (timeout <= 0) throw unreachable(`its turn did not come within ${DEADLINE_MS / 1000} s`);
    return connection.send({ limit: OBJECT_BYTES, ...request, headers }, timeout);
  };

  const untilAnswered = async (request: Request, deadline: number): Promise<RawAnswer> => {
    let broken = 0;
    let busy = 0;
    let fresh = false;
    for (;;) {
      await quiet.over(deadline);
      try {
        const answer = await attempt(request, deadline, fresh);
        if (answer.status === 401 && !fresh && credentials.token) {
          fresh = true;
          continue;
        }
        if (answer.status !== 429 && answer.status !== 503) return settled(address, answer, unreachable);
        busy++;
        const asked = retryAfterSeconds(answer.retryAfter, pace.now());
        if (asked !== undefined) quiet.ask(asked * 1000);
        const pause = (asked ?? 0) * 1000 + pace.random() * BACKOFF_MS * 2 ** busy;
        if (busy >= BUSY_ATTEMPTS || pace.elapsed() + pause >= deadline) throw busyFailure(address, answer, asked);
        await pace.wait(pause);
      } catch (error) {
        if (!(error instanceof ConnectionBroken)) throw error;
        broken++;
        if (broken >= BROKEN_ATTEMPTS || pace.elapsed() >= deadline) throw unreachable(reasonOf(error), error);
      }
    }
  };

  return (request) => {
    const deadline = pace.elapsed() + DEADLINE_MS;
    return inFlight(() => untilAnswered(request, deadline)).catch((error: unknown) => {
      if (!(error instanceof AnswerTooLarge) || request.limit !== undefined) throw error;
      throw new Failure("LimitExceeded", address.name, `Cluster ${address.name} answers ${request.path} with ${error.message}.`);
    });
  };
};

/** A server that asks one request to wait means all that this process sends: they begin again spread over half of that time. */
const quietTime = ({ elapsed, wait, random }: Pace) => {
  let until = 0;
  let spread = 0;
  return {
    ask: (ms: number): void => {
      spread = Math.min(ms, QUIET_MS) / 2;
      until = Math.max(until, elapsed() + Math.min(ms, QUIET_MS));
    },
    over: async (deadline: number): Promise<void> => {
      const left = until - elapsed();
      if (left > 0) await wait(Math.min(left + random() * spread, deadline - elapsed()));
    },
  };
};

/** Every call of ours may be repeated, so a gateway's error is trouble on the way and not an answer. */
const settled = (address: ClusterAddress, answer: RawAnswer, unreachable: (why: string) => Failure): RawAnswer => {
  const { status } = answer;
  if (status === 401) {
    const message = `Cluster ${address.name} does not accept our credentials (401): check them, and that the cluster knows our identity.`;
    throw new Failure("ClusterForbidden", address.name, message);
  }
  if (status === 504) throw busyFailure(address, answer, undefined);
  if (status === 502) throw unreachable(readStatus(answer).message);
  if (status < 200 || (status >= 300 && status < 400)) throw unreachable(`it answered HTTP ${status}, which no API server does`);
  if (status < 300 && !answer.contentType.includes("json")) {
    throw unreachable(`it answered with ${clean(answer.contentType, 60) || "no content type"} where an API server answers with JSON`);
  }
  return answer;
};

const busyFailure = (address: ClusterAddress, answer: RawAnswer, retryAfter: number | undefined): Failure => {
  const message = `Cluster ${address.name} is busy (HTTP ${answer.status}): ${readStatus(answer).message}`;
  return new Failure("ClusterBusy", address.name, message, retryAfter === undefined ? {} : { retryAfter });
};

/** Seconds, 0 to 600, from either form of the header. */
export const retryAfterSeconds = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(600, Math.max(0, Math.ceil(seconds)));
};

/** The innermost words, with the code that people search for. */
const reasonOf = (error: Error): string => {
  const cause = error.cause instanceof Error ? rootOf(error.cause) : error;
  const code = "code" in cause && typeof cause.code === "string" ? `${cause.code}, ` : "";
  return clean(`${code}${cause.message}`, 300).replace(/\.$/, "");
};

const rootOf = (error: Error): Error => (error.cause instanceof Error ? rootOf(error.cause) : error);
