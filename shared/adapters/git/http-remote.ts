import { Failure } from "../../model/failure.ts";
import type { RepositoryCredentials } from "../../ports/git.ts";
import { failureOf, refuseBad } from "../web/failures.ts";
import { basicAuthorization, type WebAnswer, webRequest } from "../web/request.ts";
import { readGreeting } from "./greeting.ts";
import { type PacketReader, readPackets } from "./pkt-line.ts";
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
  refuseBad(hello, label, credentials !== undefined);
  if (!(hello.header("content-type") ?? "").startsWith("application/x-git-upload-pack-advertisement")) {
    hello.discard();
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
          body: request,
        }),
      );
      refuseBad(answer, label, credentials !== undefined);
      return readPackets(translated(answer.body, label), label);
    },
  };
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
