import type { RepositoryCredentials } from "../../ports/git.ts";
import { failureOf, refuseBad } from "../web/failures.ts";
import { basicAuthorization, bytesOf, webRequest } from "../web/request.ts";
import { type ChartIndex, readIndex } from "./index-file.ts";
import type { RepositoryPlace } from "./place.ts";
import type { ChartsSettings } from "./settings.ts";

interface KeptIndex {
  readonly index: ChartIndex;
  readonly etag: string | undefined;
  readonly modified: string | undefined;
  /** ms since 1970 */
  readonly asked: number;
}

/** An index this fresh (ms) is not asked for again: a thousand Applications that share one cost one request. */
const fresh = 10_000;
/** Indexes kept; those of large repositories have some megabytes. */
const mostKept = 20;

/** Reads indexes, asks again only whether they changed, and shares a request that is under way. */
export const indexes = (settings: ChartsSettings) => {
  const kept = new Map<string, KeptIndex>();
  const underWay = new Map<string, Promise<KeptIndex>>();
  return async (place: RepositoryPlace, credentials: RepositoryCredentials | undefined): Promise<ChartIndex> => {
    const key = JSON.stringify([place.base, credentials ?? null]);
    const old = kept.get(key);
    if (old !== undefined && Date.now() - old.asked < fresh) return old.index;
    const asking = underWay.get(key) ?? refresh(place, credentials, old, settings).finally(() => underWay.delete(key));
    underWay.set(key, asking);
    const found = await asking;
    kept.delete(key);
    kept.set(key, found);
    for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
    return found.index;
  };
};

const refresh = async (
  place: RepositoryPlace,
  credentials: RepositoryCredentials | undefined,
  old: KeptIndex | undefined,
  settings: ChartsSettings,
): Promise<KeptIndex> => {
  const label = `${place.label}/index.yaml`;
  const authorization = credentials?.kind === "basic" ? basicAuthorization(credentials.username, credentials.password) : undefined;
  const headers = { ...(old?.etag ? { "if-none-match": old.etag } : {}), ...(old?.modified ? { "if-modified-since": old.modified } : {}) };
  try {
    const answer = await webRequest({
      url: `${place.base}index.yaml`,
      headers,
      authorization,
      elsewhere: "follow",
      seconds: settings.seconds,
    });
    const asked = Date.now();
    if (old !== undefined && answer.status === 304) {
      answer.discard();
      return { ...old, asked };
    }
    refuseBad(answer, label, authorization !== undefined);
    const text = (await bytesOf(answer, settings.indexBytes)).toString("utf8");
    return { index: readIndex(text, label), etag: answer.header("etag"), modified: answer.header("last-modified"), asked };
  } catch (error) {
    throw failureOf(error, label);
  }
};
