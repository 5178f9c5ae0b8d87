import * as z from "zod/mini";
import { normaliseRepositoryUrl } from "../model/repository-url.ts";
import type { Delivery, Parsed, RefMoved } from "./delivery.ts";

export type Decoded = { readonly ok: true; readonly payload: unknown } | { readonly ok: false; readonly field: string };

/** The verified body as JSON. A byte order mark is dropped; bytes that are no UTF-8 are refused rather than replaced. */
export const decodePayload = (delivery: Delivery, sendsForms: boolean): Decoded => {
  const text = decodeText(delivery.body);
  if (text === undefined) return { ok: false, field: "body (not UTF-8)" };
  const form = (delivery.header("content-type") ?? "").toLowerCase().startsWith("application/x-www-form-urlencoded");
  const json = form && sendsForms ? new URLSearchParams(text).get("payload") : text;
  if (json === null) return { ok: false, field: "payload (missing in the form)" };
  try {
    return { ok: true, payload: JSON.parse(json) };
  } catch {
    return { ok: false, field: "body (not JSON)" };
  }
};

const decodeText = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** Reads a payload by its schema and goes on with it; otherwise names the first field that is not what it should be. */
export const parsedAs = <S extends z.ZodMiniType>(schema: S, payload: unknown, then: (push: z.infer<S>) => Parsed): Parsed => {
  const parsed = z.safeParse(schema, payload);
  if (parsed.success) return then(parsed.data);
  const field = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  return { kind: "malformed", field: field === "" ? "body" : field };
};

/** Longer names and URLs than any provider has; they become keys in the table. */
export const Text = z.string().check(z.maxLength(512));

/** Names for people, shown and nothing else: anything odd is left out instead of refusing the push. */
export const Person = z.catch(z.optional(z.string().check(z.minLength(1), z.maxLength(100))), undefined);

/** A commit's name, of SHA-1 or SHA-256 repositories. */
export const Sha = z.string().check(z.regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/));

interface Movement {
  readonly urls: readonly (string | undefined)[];
  readonly ref: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly pusher: string | undefined;
  readonly deliveryId: string;
}

/** Zeros stand for "no commit" in the payloads; here such a side is absent. */
export const refMoved = ({ urls, ref, before, after, pusher, deliveryId }: Movement): RefMoved => ({
  repositories: [...new Set(urls.flatMap((url) => (url === undefined || url === "" ? [] : [normaliseRepositoryUrl(url)])))],
  ref,
  deliveryId,
  ...(before === undefined || isZero(before) ? {} : { before }),
  ...(after === undefined || isZero(after) ? {} : { after }),
  ...(pusher === undefined ? {} : { pusher }),
});

const isZero = (sha: string): boolean => /^0+$/.test(sha);
