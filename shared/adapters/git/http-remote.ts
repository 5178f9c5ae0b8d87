import { Failure } from "../../model/failure.ts";
import type { RepositoryCredentials } from "../../ports/git.ts";
import { broken, failureOf, refuseBad } from "../web/failures.ts";
import { basicAuthorization, type WebAnswer, type WebRequest, webRequest } from "../web/request.ts";
import { type Greeting, readGreeting } from "./greeting.ts";
import { type PacketReader, readPackets } from "./pkt-line.ts";
import type { Conversation } from "./upload-pack.ts";

export interface HttpPlace {
  readonly label: string;
  readonly base: string;
}

/** What is known of a place without asking it again. */
export interface Acquaintance {
  readonly greeting: Greeting;
  /** Where it is really; without a slash at the end. */
  readonly base: string;
}

/**
 * Opens a conversation by Git's smart HTTP protocol. `seconds` bounds each request. A host that greeted with version 2 before is asked
 * directly: half the requests of every push.
 */
export const talkHttp = async (
  place: HttpPlace,
  credentials: RepositoryCredentials | undefined,
  seconds: number,
  known: Map<string, Acquaintance>,
): Promise<Conversation> => {
  const { label } = place;
  if (credentials?.kind === "ssh") {
    const why = `The credentials of ${label} are an SSH key, but its URL is http: use the ssh URL, or a token.`;
    throw new Failure("RepositoryForbidden", label, why);
  }
  const caller: Caller = {
    label,
    withCredentials: credentials !== undefined,
    common: {
      authorization: credentials && basicAuthorization(credentials.username, credentials.password),
      elsewhere: "refuse",
      seconds,
    },
  };
  const old = known.get(label);
  const { greeting, base } = old ?? (await meet(place, caller));
  if (greeting.version === 2 && known.size < mostKnown) known.set(label, { greeting, base });

  const ask = async (request: Buffer): Promise<PacketReader> => {
    const answer = await post(base, greeting, request, caller);
    if (answer.status === 200 || old === undefined) {
      refuseBad(answer, label, caller.withCredentials);
      return readPackets(translated(answer.body, label), label);
    }
    // It may have moved, or been set up anew: get to know it again.
    answer.discard();
    known.delete(label);
    const again = await talkHttp(place, credentials, seconds, known);
    if (again.greeting.version === greeting.version) return await again.ask(request);
    throw broken(label, "it speaks another version of Git's protocol than before");
  };
  return { label, greeting, ask, close() {} };
};

/** An installation has some hundreds of repositories; beyond this they are greeted each time. */
const mostKnown = 5_000;

interface Caller {
  readonly label: string;
  readonly withCredentials: boolean;
  readonly common: Pick<WebRequest, "authorization" | "elsewhere" | "seconds">;
}

const meet = async (place: HttpPlace, { label, withCredentials, common }: Caller): Promise<Acquaintance> => {
  const url = `${place.base}/info/refs?service=git-upload-pack`;
  const hello = await sent(label, webRequest({ ...common, url, headers: { "git-protocol": "version=2" } }));
  refuseBad(hello, label, withCredentials);
  if (!(hello.header("content-type") ?? "").startsWith("application/x-git-upload-pack-advertisement")) {
    hello.discard();
    throw new Failure("SourceInvalid", label, `${label} does not answer as a Git repository does: check the URL.`);
  }
  const greeting = await readGreeting(readPackets(translated(hello.body, label), label), label);
  // A host may move a path on its own ground (`/org/app` → `/org/app.git`): what follows goes to the new place.
  return { greeting, base: hello.url.replace(/\/info\/refs\?.*$/, "") };
};

const post = (base: string, greeting: Greeting, request: Buffer, { label, common }: Caller): Promise<WebAnswer> => {
  const headers = {
    "git-protocol": greeting.version === 2 ? "version=2" : "version=0",
    "content-type": "application/x-git-upload-pack-request",
    accept: "application/x-git-upload-pack-result",
  };
  return sent(label, webRequest({ ...common, url: `${base}/git-upload-pack`, method: "POST", headers, body: request }));
};

const sent = async (label: string, answer: Promise<WebAnswer>): Promise<WebAnswer> => {
  try {
    return await answer;
  } catch (error) {
    throw failureOf(error, label);
  }
};

async function* translated(body: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failureOf(error, label);
  }
}
