import { Failure } from "../../model/failure.ts";
import type { RepositoryCredentials } from "../../ports/git.ts";
import { basicAuthorization, retryAfterOf, type WebAnswer, WebTrouble, webRequest } from "../web/request.ts";
import { readGreeting } from "./greeting.ts";
import { broken, type PacketReader, readPackets } from "./pkt-line.ts";
import type { Conversation } from "./upload-pack.ts";

export interface HttpPlace {
  readonly label: string;
  readonly base: string;
}

/** Opens a conversation with Git's smart HTTP protocol. `seconds` bounds each request. */
export const talkHttp = async (
  place: HttpPlace,
  credentials: RepositoryCredentials | undefined,
  seconds: number,
): Promise<Conversation> => {
  const { label } = place;
  if (credentials?.kind === "ssh") {
    throw new Failure(
      "RepositoryForbidden",
      label,
      `The credentials of ${label} are an SSH key, but its URL is http: use the ssh URL, or a token.`,
    );
  }
  const authorization = credentials && basicAuthorization(credentials.username, credentials.password);
  const common = { authorization, elsewhere: "refuse", seconds } as const;

  const hello = await sent(
    label,
    webRequest({ ...common, url: `${place.base}/info/refs?service=git-upload-pack`, headers: { "git-protocol": "version=2" } }),
  );
  await refuseBad(hello, label, credentials !== undefined);
  if (!(hello.headers.get("content-type") ?? "").startsWith("application/x-git-upload-pack-advertisement")) {
    await hello.discard();
    throw new Failure("SourceInvalid", label, `${label} does not answer as a Git repository does: check the URL.`);
  }
  const packets = readPackets(translated(hello.body, label), label);
  const greeting = await readGreeting(packets, label);
  // A host may move a path on its own ground (`/org/app` → `/org/app.git`): what follows goes to the new place.
  const base = hello.url.replace(/\/info\/refs\?.*$/, "");

  return {
    label,
    greeting,
    close() {},
    async ask(request): Promise<PacketReader> {
      const answer = await sent(
        label,
        webRequest({
          ...common,
          url: `${base}/git-upload-pack`,
          method: "POST",
          headers: {
            "git-protocol": greeting.version === 2 ? "version=2" : "version=0",
            "content-type": "application/x-git-upload-pack-request",
            accept: "application/x-git-upload-pack-result",
          },
          body: new Uint8Array(request),
        }),
      );
      await refuseBad(answer, label, credentials !== undefined);
      return readPackets(translated(answer.body, label), label);
    },
  };
};

/** Throws what a status means. 401, 403 and 404 are one thing to whoever may not see: hosts do not tell strangers what exists. */
export const refuseBad = async (answer: WebAnswer, label: string, withCredentials: boolean): Promise<void> => {
  const { status, headers } = answer;
  if (status === 200) return;
  await answer.discard();
  const retryAfter = retryAfterOf(headers, Date.now());
  const waits = retryAfter === undefined ? {} : { retryAfter };
  if (status === 429 || status >= 500 || (status === 403 && retryAfter !== undefined)) {
    throw new Failure("RepositoryUnreachable", label, `${label} answers ${status} at the moment; it is tried again.`, waits);
  }
  if (status === 404) {
    throw new Failure(
      "RepositoryForbidden",
      label,
      `${label} does not exist, or is hidden from ${withCredentials ? "these credentials" : "strangers: give credentials for it"}.`,
    );
  }
  const what = withCredentials ? "refuses the credentials given for it" : "wants credentials, and none are given for it";
  const known = status === 401 || status === 403;
  throw new Failure("RepositoryForbidden", label, known ? `${label} ${what} (${status}).` : `${label} refuses to be read (${status}).`);
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

export const failureOf = (error: unknown, label: string): unknown => {
  if (!(error instanceof WebTrouble)) return error;
  if (error.kind === "too large") return new Failure("LimitExceeded", label, `${label} answers with ${error.message}.`, { cause: error });
  if (error.kind !== "redirected") return broken(label, error.message, error);
  return new Failure("SourceInvalid", label, `${label} ${error.message}, where its credentials must not go: write the new URL.`, {
    cause: error,
  });
};
