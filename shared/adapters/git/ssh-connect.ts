import type { Client, ServerHostKeyAlgorithm } from "ssh2";
import { Failure } from "../../model/failure.ts";
import type { RepositoryCredentials } from "../../ports/git.ts";
import { broken } from "../web/failures.ts";
import type { Address } from "./address.ts";
import { type HostKey, hostKeys, signaturesOf } from "./known-hosts.ts";

export type SshPlace = Extract<Address, { kind: "ssh" }>;

/** Connects and logs in, once the host has shown a key that is known for it. There is no way to leave that out. */
export const connectSsh = async (place: SshPlace, credentials: RepositoryCredentials | undefined, seconds: number): Promise<Client> => {
  const { label } = place;
  if (credentials?.kind !== "ssh") throw new Failure("RepositoryForbidden", label, `${label} wants an SSH key, and none is given for it.`);
  const keys = hostKeys(credentials.knownHosts, place.host, place.port);
  const serverHostKey = algorithmsFor(keys);
  if (serverHostKey.length === 0) {
    throw new Failure(
      "RepositoryForbidden",
      label,
      `The host key of ${place.host} is not known: add its ssh-keyscan line, once verified, to the known hosts of this credential.`,
    );
  }
  let mismatch = false;
  // 90 ms and 17 MB that only those pay who use SSH.
  const ssh2 = await import("ssh2");
  const client = new ssh2.Client();
  return await new Promise<Client>((resolve, reject) => {
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
        authHandler: ["publickey"],
        algorithms: { serverHostKey },
        hostVerifier: (key: Buffer) => {
          mismatch = !isKnown(keys, key);
          return !mismatch;
        },
        readyTimeout: Math.min(seconds, 20) * 1000,
        keepaliveInterval: 10_000,
      });
      // Otherwise every step of the log-in waits for a delayed acknowledgement: 0.5 s instead of 0.05 s on loopback.
      client.setNoDelay(true);
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
const algorithmsFor = (keys: readonly HostKey[]): ServerHostKeyAlgorithm[] => {
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
