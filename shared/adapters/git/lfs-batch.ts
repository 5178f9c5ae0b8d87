import { z } from "zod";
import { Failure } from "../../model/failure.ts";
import type { RepositoryCredentials } from "../../ports/git.ts";
import { failureOf, refuseBad } from "../web/failures.ts";
import { basicAuthorization, bytesOf, type WebAnswer, WebTrouble, webRequest } from "../web/request.ts";
import type { Address } from "./address.ts";
import type { LfsPointer, LfsSource } from "./lfs.ts";
import { quoted, runOverSsh } from "./ssh-remote.ts";

const headers = z.record(z.string(), z.string()).optional();
const batch = z.object({
  objects: z.array(
    z.object({
      oid: z.string(),
      actions: z.object({ download: z.object({ href: z.string(), header: headers }).optional() }).optional(),
      error: z.object({ code: z.number(), message: z.string() }).optional(),
    }),
  ),
});
const authenticated = z.object({ href: z.string(), header: headers });

interface Endpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
}

const media = "application/vnd.git-lfs+json";
/** As git-lfs sends at most. */
const batchSize = 100;

/** Downloads by the LFS batch API (basic transfer), from where git-lfs would look first: beside the repository, or where its SSH host says. */
export const lfsSource =
  (address: Address, credentials: RepositoryCredentials | undefined, seconds: number): LfsSource =>
  async (pointers, store) => {
    const { label } = address;
    try {
      const endpoint = address.kind === "http" ? besideRepository(address.base, credentials) : await askHost(address, credentials, seconds);
      for (let at = 0; at < pointers.length; at += batchSize)
        await downloadBatch(endpoint, pointers.slice(at, at + batchSize), store, label, seconds);
    } catch (error) {
      throw failureOf(error, label);
    }
  };

const besideRepository = (base: string, credentials: RepositoryCredentials | undefined): Endpoint => ({
  url: `${base.endsWith(".git") ? base : `${base}.git`}/info/lfs`,
  headers: {},
  authorization: credentials?.kind === "basic" ? basicAuthorization(credentials.username, credentials.password) : undefined,
});

const askHost = async (
  place: Extract<Address, { kind: "ssh" }>,
  credentials: RepositoryCredentials | undefined,
  seconds: number,
): Promise<Endpoint> => {
  const session = await runOverSsh(place, credentials, `git-lfs-authenticate ${quoted(place.path)} download`, seconds);
  try {
    const said = await bytesOf({ body: session.output }, 64 * 1024);
    const { href, header } = parsed(authenticated, said.toString("utf8"), place.label);
    return { url: href.replace(/\/+$/, ""), headers: header ?? {}, authorization: undefined };
  } finally {
    session.close();
  }
};

const downloadBatch = async (
  endpoint: Endpoint,
  pointers: readonly LfsPointer[],
  store: Parameters<LfsSource>[1],
  label: string,
  seconds: number,
): Promise<void> => {
  const body = JSON.stringify({
    operation: "download",
    transfers: ["basic"],
    hash_algo: "sha256",
    objects: pointers.map(({ oid, size }) => ({ oid, size })),
  });
  const answer = await webRequest({
    url: `${endpoint.url}/objects/batch`,
    method: "POST",
    headers: { ...endpoint.headers, accept: media, "content-type": media },
    body: new TextEncoder().encode(body),
    authorization: endpoint.authorization,
    elsewhere: "refuse",
    seconds,
  });
  refuseBad(answer, `the LFS server of ${label}`, endpoint.authorization !== undefined);
  const { objects } = parsed(batch, (await bytesOf(answer, 1024 * 1024)).toString("utf8"), label);
  for (const pointer of pointers) {
    const found = objects.find(({ oid }) => oid === pointer.oid);
    if (found?.error !== undefined) {
      throw new Failure(
        "SourceInvalid",
        pointer.path,
        `The LFS file ${pointer.path} of ${label} cannot be had: the server says ${found.error.code}.`,
      );
    }
    const download = found?.actions?.download;
    if (download !== undefined) store(pointer, await content(endpoint, download.href, download.header ?? {}, pointer, label, seconds));
  }
};

/** Contents often lie on a storage host: it gets the headers that the LFS server gave for it, and never our credentials. */
const content = async (
  endpoint: Endpoint,
  href: string,
  given: Readonly<Record<string, string>>,
  pointer: LfsPointer,
  label: string,
  seconds: number,
): Promise<Uint8Array> => {
  const url = URL.parse(href, endpoint.url);
  const atHome = url !== null && url.origin === new URL(endpoint.url).origin;
  if (url === null || !(atHome || url.protocol === "https:"))
    throw new WebTrouble("redirected", "keeps LFS files at a place without https");
  const ownAuthorization = Object.keys(given).some((name) => name.toLowerCase() === "authorization");
  const authorization = atHome && !ownAuthorization ? endpoint.authorization : undefined;
  const answer: WebAnswer = await webRequest({ url: url.href, headers: given, authorization, elsewhere: "refuse", seconds });
  refuseBad(answer, `the LFS file ${pointer.path} of ${label}`, ownAuthorization || authorization !== undefined);
  return await bytesOf(answer, pointer.size);
};

const parsed = <T>(schema: z.ZodType<T>, text: string, label: string): T => {
  try {
    const result = schema.safeParse(JSON.parse(text));
    if (result.success) return result.data;
  } catch {}
  throw new Failure("RepositoryUnreachable", label, `The LFS server of ${label} answers something that is not the LFS batch API.`);
};
