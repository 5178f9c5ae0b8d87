import { createHash, timingSafeEqual } from "node:crypto";

/** Whether an `Authorization` header names this user. Compares digests, so that the time taken says nothing about the password. */
export function isLetIn(header: string | undefined, { username, password }: { username: string; password: string }): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(basicAuthorization({ username, password })));
}

export const basicAuthorization = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
