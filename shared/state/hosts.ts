import * as z from "zod/mini";
import { Failure } from "../model/failure.ts";
import { normaliseRepositoryUrl } from "../model/repository-url.ts";
import type { Clock } from "../ports/clock.ts";
import type { RepositoryAccess } from "../ports/git.ts";
import type { Journal } from "../ports/journal.ts";
import type { Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";
import { smallReason } from "./small.ts";

/**
 * A Git host, chart repository or registry that asked us to wait, for each login: a host counts by who asks, and a team that has used up what it may
 * holds up no other. Written when it does, by whoever is asked; read before the next look at it. Clocks of two machines only decide how long is
 * waited: at most the longest wait too long.
 */
const HostItem = z.object({
  v: z.literal(1),
  sk: z.string(),
  /** ms since 1970: nobody asks it before. */
  notBefore: z.number(),
  reason: z.string(),
});

/** Who is asked, and by whom; nobody in particular without a login. */
interface Asked {
  readonly host: string;
  readonly login?: string | undefined;
}

interface HostPause extends Asked {
  readonly notBefore: number;
  readonly reason: string;
}

/** Hosts give their limits back within an hour. Milliseconds. */
const longestPause = 3_600_000;

interface HostWorld {
  readonly table: Table;
  readonly clock: Clock;
}

/** Undefined when the host may be asked. */
const readHostPause = async (asked: Asked, { table, clock }: HostWorld): Promise<HostPause | undefined> => {
  const item = await table.get(keys.host(asked.host, asked.login));
  if (!item) return undefined;
  const { notBefore, reason } = readItem(HostItem, item);
  const left = notBefore - clock.now();
  return left > 0 && left <= longestPause ? { ...asked, notBefore, reason } : undefined;
};

/** `seconds`: for so long nobody with that login asks it. Told once for each pause; one that ends later stands. */
const pauseHost = async (
  { host, login }: Asked,
  { seconds, reason }: { readonly seconds: number; readonly reason: string },
  { table, clock, journal }: HostWorld & { readonly journal: Journal },
): Promise<void> => {
  const now = clock.now();
  const notBefore = now + Math.min(seconds * 1000, longestPause);
  const set = { v: 1, notBefore, reason: smallReason(reason) };
  const key = keys.host(host, login);
  const first = await table.update(key, { set }, { v: { absent: true } });
  const { written } = first.written ? first : await table.update(key, { set }, { notBefore: { below: notBefore } });
  const before = first.written ? undefined : first.found?.notBefore;
  const isNews = typeof before !== "number" || before <= now;
  if (written && isNews)
    journal.tell("host-paused", { host, ...(login !== undefined && { login }), seconds: Math.round((notBefore - now) / 1000), reason });
};

/** What whoever would have asked it gets instead. */
const pausedFailure = ({ host, login, notBefore, reason }: HostPause, repository: string, now: number): Failure =>
  new Failure(
    "RepositoryUnreachable",
    repository,
    `${host} asked ${login === undefined ? "us" : `${login} (repositoryCredentials)`} to wait, and is not asked again for ${Math.ceil((notBefore - now) / 1000)} s: ${reason}`,
    { retryAfter: Math.ceil((notBefore - now) / 1000) },
  );

/** Asks a host, unless it asked whoever has that login to wait: then all of them wait. `repository`: as Applications have it. */
export const askHost = async <T>(
  { url, login }: Pick<RepositoryAccess, "url" | "login">,
  repository: string,
  world: HostWorld & { readonly journal: Journal },
  ask: () => Promise<T>,
): Promise<T> => {
  const asked = { host: hostOf(url), login };
  const pause = await readHostPause(asked, world);
  if (pause) throw pausedFailure(pause, repository, world.clock.now());
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure && error.code === "RepositoryUnreachable" && error.retryAfter !== undefined)
      await pauseHost(asked, { seconds: error.retryAfter, reason: error.message }, world);
    throw error;
  }
};

/** `github.com`, `git.example.com:8443`: whose limits they are. */
const hostOf = (url: string): string => {
  const key = normaliseRepositoryUrl(url);
  return key.replace(/^[a-z+]+:\/\//, "").split("/")[0] ?? key;
};
