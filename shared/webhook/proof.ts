import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { WebhookSecret } from "./delivery.ts";

/** Both sides are hashed first, so that neither their length nor where they differ shows in the time. */
export const sameBytes = (one: string | Uint8Array, other: string | Uint8Array): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (bytes: string | Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

export const hmacSha256 = (key: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

/** The header must hold exactly `prefix` and 64 lower-case hex digits; anything else is no proof. */
export const isHexSignature = (header: string | undefined, prefix: string, secret: WebhookSecret, body: Uint8Array): boolean =>
  sameBytes(header ?? "", `${prefix}${hmacSha256(secret.value, body).toString("hex")}`);

/**
 * Secrets that count: the present one, and the one before it while it is being rotated. None when the entry is missing or empty, and
 * then nothing is accepted: an unset secret must never mean "no check".
 */
export const secretsOf = (entry: Readonly<Record<string, string>> | undefined): readonly WebhookSecret[] =>
  [entry?.value, entry?.previous].flatMap((value) =>
    value === undefined || value.trim() === "" ? [] : [{ value, username: entry?.username ?? "" }],
  );
