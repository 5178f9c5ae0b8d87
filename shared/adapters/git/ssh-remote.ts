import type { Readable } from "node:stream";
import { type Algorithms, Client, type ClientChannel, type ServerHostKeyAlgorithm } from "ssh2";
import { Failure } from "../../model/failure.ts";
import type { RepositoryCredentials } from "../../ports/git.ts";
import type { Address } from "./address.ts";
import { readGreeting } from "./greeting.ts";
import { type HostKey, hostKeys, signaturesOf } from "./known-hosts.ts";
import { broken, readPackets } from "./pkt-line.ts";
import type { Conversation } from "./upload-pack.ts";

export type SshPlace = Extract<Address, { kind: "ssh" }>;
export type SshCredentials = Extract<RepositoryCredentials, { kind: "ssh" }>;

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
  /** What the program wrote on its error channel when it ended by itself; undefined when the connection broke. */
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
  const client = await connect(place, credentials, seconds);
  try {
    return sessionOf(client, await execute(client, command, place.label), place.label, seconds);
  } catch (error) {
    client.destroy();
    throw error;
  }
};

const connect = (place: SshPlace, credentials: RepositoryCredentials | undefined, seconds: number): Promise<Client> => {
  const { label } = place;
  if (credentials?.kind !== "ssh") throw new Failure("RepositoryForbidden", label, `${label} wants an SSH key, and none is given for it.`);
  const keys = hostKeys(credentials.knownHosts, place.host, place.port);
  if (keys.every((key) => key.revoked)) {
    throw new Failure(
      "RepositoryForbidden",
      label,
      `The host key of ${place.host} is not known: add its ssh-keyscan line, once verified, to the known hosts of this credential.`,
    );
  }
  let mismatch = false;
  const client = new Client();
  return new Promise<Client>((resolve, reject) => {
    client
      .once("ready", () => resolve(client))
      .on("error", (cause: Error & { level?: string }) => reject(connectFailure(place, cause, mismatch)))
      .once("close", () => reject(broken(label, "the connection closed")));
    try {
      client.connect({
        host: place.host,
        port: place.port,
        username: place.username ?? credentials.username ?? "git",
        privateKey: credentials.privateKey,
        algorithms: { serverHostKey: algorithmsFor(keys) },
        hostVerifier: (key: Buffer) => {
          mismatch = !isKnown(keys, key);
          return !mismatch;
        },
        readyTimeout: Math.min(seconds, 20) * 1000,
        keepaliveInterval: 10_000,
      });
    } catch (cause) {
      reject(
        new Failure(
          "RepositoryForbidden",
          label,
          `The private key for ${label} cannot be read: give it in OpenSSH or PEM form, without a passphrase.`,
          { cause },
        ),
      );
    }
  });
};

const isKnown = (keys: readonly HostKey[], key: Buffer): boolean => {
  const same = keys.filter((known) => known.key.equals(key));
  return same.length > 0 && same.every((known) => !known.revoked);
};

/** Only kinds of keys that we know for the host: otherwise it may offer another kind, and be taken for an impostor. */
const algorithmsFor = (keys: readonly HostKey[]): NonNullable<Algorithms["serverHostKey"]> => {
  const names = keys.filter((key) => !key.revoked).flatMap((key) => signaturesOf(key.type));
  const supported: readonly ServerHostKeyAlgorithm[] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ];
  return supported.filter((name) => names.includes(name));
};

const connectFailure = (place: SshPlace, cause: Error & { level?: string }, mismatch: boolean): Failure => {
  const { label, host } = place;
  if (mismatch)
    return new Failure(
      "RepositoryForbidden",
      label,
      `${host} shows another host key than the known one: someone may be in between. Verify it before you change the known hosts.`,
      { cause },
    );
  if (cause.level === "client-authentication")
    return new Failure("RepositoryForbidden", label, `${label} refuses the SSH key given for it.`, { cause });
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : (cause.level ?? "the connection broke");
  return broken(label, code === "client-timeout" ? "no answer in time" : code, cause);
};

const execute = (client: Client, command: string, label: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.exec(command, { env: { GIT_PROTOCOL: "version=2" } }, (error, channel) => {
      if (error) reject(broken(label, "the host does not run commands", error));
      else resolve(channel);
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
      return exit === undefined ? undefined : firstLine(Buffer.concat(errors).toString("utf8")) || `exit code ${exit}`;
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
