import * as z from "zod/mini";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Condition, Table } from "../ports/table.ts";
import { replacing } from "./change.ts";
import { standsAt } from "./counter.ts";
import { keys, readItem, readItems, throwIt, type Unreadable } from "./items.ts";
import { itemsOf } from "./pages.ts";
import { smallReason } from "./small.ts";

/** A repository, or a chart of a chart repository, that some Application follows. Raised by `joinGroups`. */
const RepositoryItem = z.object({
  v: z.literal(1),
  sk: z.string(),
  url: z._default(z.string(), ""),
  joins: z._default(z.number(), 0),
  polledAt: z.optional(z.number()),
  /** Since when it cannot be read, why, when that was tried last and when it is tried next; ms since 1970. All absent while it can. */
  failingSince: z.optional(z.number()),
  failure: z.optional(z.string()),
  triedAt: z.optional(z.number()),
  nextAt: z.optional(z.number()),
});

export interface FollowedRepository {
  readonly repository: string;
  readonly url: string;
  /** How many Applications have ever joined. */
  readonly joins: number;
  /** ms since 1970, where it was claimed. */
  readonly polledAt?: number;
  readonly outage?: Outage;
}

/** A repository that cannot be read. Times in ms since 1970. */
export interface Outage {
  readonly since: number;
  /** A sentence. */
  readonly reason: string;
  readonly triedAt: number;
  /** Absent where only the schedule knows. */
  readonly nextAt?: number;
}

/** Repositories that some Application follows. */
export async function* followedRepositories(table: Table, unreadable: Unreadable = throwIt): AsyncGenerator<FollowedRepository> {
  for await (const item of itemsOf(table, { pk: "repos" }))
    for (const [, read] of readItems(RepositoryItem, [item], ({ sk }, failure) => unreadable(sk, failure))) yield followed(read);
}

/** Undefined when nobody follows it. */
export const readRepository = async (table: Table, repository: string): Promise<FollowedRepository | undefined> => {
  const item = await table.get(keys.repository(repository));
  return item && followed(readItem(RepositoryItem, item));
};

const followed = ({ sk, url, joins, polledAt, failingSince, failure, triedAt, nextAt }: z.infer<typeof RepositoryItem>) => ({
  repository: sk,
  url,
  joins,
  ...(polledAt !== undefined && { polledAt }),
  ...(failingSince !== undefined && {
    outage: {
      since: failingSince,
      reason: failure ?? "",
      triedAt: triedAt ?? failingSince,
      ...(nextAt !== undefined && { nextAt }),
    },
  }),
});

/** For whoever gets it: nobody else polls this repository now, however often the schedule fires. */
export const claimPoll = async (table: Table, { repository, polledAt }: FollowedRepository, at: number): Promise<boolean> => {
  const unclaimed = polledAt === undefined ? { absent: true as const } : { equals: polledAt };
  const answer = await table.update(keys.repository(repository), { set: { polledAt: at } }, { v: { present: true }, polledAt: unclaimed });
  return answer.written;
};

/** Nobody follows it any more, as far as the caller saw: it goes unless somebody came since `joins` was read. */
export const dropRepository = async (table: Table, { repository, joins }: FollowedRepository): Promise<void> => {
  await table.delete(keys.repository(repository), { joins: standsAt(joins) });
};

interface OutageWorld {
  readonly table: Table;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** A repository could not be read. Told once until it answers again; nothing is written for one that nobody follows. */
export const recordOutage = async (
  repository: string,
  failure: { readonly reason: string; readonly nextAt?: number | undefined },
  { table, clock, journal }: OutageWorld,
): Promise<void> => {
  const key = keys.repository(repository);
  const now = clock.now();
  const reason = smallReason(failure.reason);
  const facts = { failure: reason, triedAt: now, nextAt: failure.nextAt };
  const began = await table.update(key, replacing({ ...facts, failingSince: now }), {
    v: { present: true },
    failingSince: { absent: true },
  });
  if (began.written) return journal.tell("repository-unreachable", { repository, reason });
  if (began.found) await table.update(key, replacing(facts), { failingSince: { present: true } });
};

/** It could be read: told once where it could not before. `outage` as it was read, so that nothing is written in all other cases. */
export const recordAnswer = async ({ repository, outage }: FollowedRepository, { table, clock, journal }: OutageWorld): Promise<void> => {
  if (!outage) return;
  const same: Condition = { failingSince: { equals: outage.since } };
  const remove = ["failingSince", "failure", "triedAt", "nextAt"];
  const ended = await table.update(keys.repository(repository), { remove }, same);
  if (ended.written) journal.tell("repository-back", { repository, downSeconds: Math.round((clock.now() - outage.since) / 1000) });
};
