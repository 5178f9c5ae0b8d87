import type { Readable } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { Failure } from "../../model/failure.ts";
import type { RepositoryCredentials } from "../../ports/git.ts";
import { broken } from "../web/failures.ts";
import { readGreeting } from "./greeting.ts";
import { readPackets } from "./pkt-line.ts";
import { connectSsh, type SshPlace } from "./ssh-connect.ts";
import type { Conversation } from "./upload-pack.ts";

/** Opens a conversation with `git-upload-pack` on an SSH host whose key is known. `seconds` bounds the whole conversation. */
export const talkSsh = async (place: SshPlace, credentials: RepositoryCredentials | undefined, seconds: number): Promise<Conversation> => {
  const session = await runOverSsh(place, credentials, `git-upload-pack ${quoted(place.path)}`, seconds);
  const { label } = place;
  const packets = readPackets(session.output, label);
  try {
    const greeting = await readGreeting(packets, label);
    return {
      label,
      greeting,
      close: session.close,
      ask: async (request) => {
        session.write(request);
        return packets;
      },
    };
  } catch (error) {
    const said = await session.lastWords();
    session.close();
    if (said === undefined) throw error;
    throw new Failure("RepositoryForbidden", label, `${label} cannot be read: ${said}.`);
  }
};

export interface SshSession {
  readonly output: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): void;
  /** What the program complained about when it failed by itself; undefined when it did not, or when the connection broke. */
  lastWords(): Promise<string | undefined>;
  close(): void;
}

/** Runs one command on an SSH host whose key is known. */
export const runOverSsh = async (
  place: SshPlace,
  credentials: RepositoryCredentials | undefined,
  command: string,
  seconds: number,
): Promise<SshSession> => {
  const client = await connectSsh(place, credentials, seconds);
  try {
    return await execute(client, command, place.label, seconds);
  } catch (error) {
    client.destroy();
    throw error;
  }
};

/** The session listens from the callback on: a program that fails at once says so in the same breath. */
const execute = (client: Client, command: string, label: string, seconds: number): Promise<SshSession> =>
  new Promise((resolve, reject) => {
    client.exec(command, { env: { GIT_PROTOCOL: "version=2" } }, (error, channel) => {
      if (error) reject(broken(label, "the host does not run commands", error));
      else resolve(sessionOf(client, channel, label, seconds));
    });
  });

const sessionOf = (client: Client, channel: ClientChannel, label: string, seconds: number): SshSession => {
  const errors: Buffer[] = [];
  let exit: number | undefined;
  const stderr: Readable = channel.stderr;
  stderr.on("data", (chunk: Buffer) => {
    if (errors.length < 16) errors.push(chunk);
  });
  channel.on("exit", (code: number | null) => {
    exit = code ?? undefined;
  });
  const closed = new Promise<void>((resolve) => client.once("close", resolve));
  const finished = new Promise<void>((resolve) => channel.once("close", resolve));
  let trouble: Failure | undefined;
  const giveUp = (failure: Failure) => {
    trouble ??= failure;
    channel.destroy();
    client.destroy();
  };
  client.on("error", (cause) => giveUp(broken(label, "the connection broke", cause)));
  const timer = setTimeout(() => giveUp(broken(label, `no complete answer within ${seconds} s`)), seconds * 1000);
  const close = () => {
    clearTimeout(timer);
    client.destroy();
  };
  return {
    output: outputOf(channel, (cause) => trouble ?? broken(label, "the connection broke", cause)),
    write: (bytes) => channel.write(bytes),
    close,
    lastWords: async () => {
      await Promise.race([finished, closed]);
      return exit === undefined || exit === 0 ? undefined : firstLine(Buffer.concat(errors).toString("utf8")) || `exit code ${exit}`;
    },
  };
};

async function* outputOf(channel: ClientChannel, failureOf: (cause: unknown) => Failure): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of channel) yield chunk;
  } catch (cause) {
    throw failureOf(cause);
  }
}

/** Servers say `ERROR: Repository not found.` among banners and blank lines. */
const firstLine = (text: string): string => {
  const lines = text
    .replace(/\p{Cc}+/gu, "\n")
    .split("\n")
    .map((line) => line.trim());
  return (lines.find((line) => /error|fatal/i.test(line)) ?? lines.find((line) => line !== "") ?? "").replace(/\.$/, "").slice(0, 200);
};

export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
