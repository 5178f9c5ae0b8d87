import { createHmac } from "node:crypto";

/** One line of a known_hosts file that speaks of a host asked for. */
export interface HostKey {
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` … */
  readonly type: string;
  /** The key as sent on the wire. */
  readonly key: Buffer;
  readonly revoked: boolean;
}

/** The keys that known_hosts text holds for a host, as OpenSSH reads it: patterns, negations, hashed names, `[host]:port` off port 22. */
export const hostKeys = (knownHosts: string, host: string, port: number): readonly HostKey[] => {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  return knownHosts.split(/\r?\n/).flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
    const [names = "", type = "", key = ""] = words;
    // Certificates of a host authority are not supported: such a line proves nothing here.
    if (names === "" || names.startsWith("#") || key === "" || marker === "@cert-authority") return [];
    return speaksOf(names, name) ? [{ type, key: Buffer.from(key, "base64"), revoked: marker === "@revoked" }] : [];
  });
};

const speaksOf = (names: string, name: string): boolean => {
  if (names.startsWith("|1|")) {
    const [, , salt = "", hash = ""] = names.split("|");
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  const patterns = names.toLowerCase().split(",");
  const matches = (pattern: string) => globMatches(pattern, name);
  return (
    patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1)))
  );
};

/** `*` and `?` only; linear in practice: known_hosts comes from our own secret store. */
const globMatches = (pattern: string, text: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`).test(text);
};

/** How a key type may sign during the handshake; RSA keys never with SHA-1. */
export const signaturesOf = (type: string): readonly string[] => (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]);
