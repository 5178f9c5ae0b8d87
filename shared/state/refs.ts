import * as z from "zod/mini";
import type { Condition, Table } from "../ports/table.ts";
import { CommitFactsItem } from "./application-state.ts";
import { replacing } from "./change.ts";
import { standsAt } from "./counter.ts";
import { dueShardOf, keys, readItem } from "./items.ts";
import { smallCommit } from "./small.ts";

/** What a webhook promised about a ref and what fetch has done: `wanted` counts accepted pushes, `done` is the count that fetch last read and finished. */
const RefItem = z.object({
  v: z.literal(1),
  wanted: z._default(z.number(), 0),
  done: z._default(z.number(), 0),
  before: z.optional(z.string()),
  after: z.optional(z.string()),
  pusher: z.optional(z.string()),
  deliveries: z._default(z.array(z.string()), []),
  /** When the oldest push not yet done was recorded; ms since 1970. */
  since: z.optional(z.number()),
  head: z.optional(z.string()),
  commit: z.optional(CommitFactsItem),
  dueAt: z.optional(z.number()),
});
export type RefState = z.infer<typeof RefItem>;

export interface Push {
  readonly repository: string;
  readonly ref: string;
  readonly before?: string;
  readonly after?: string;
  readonly pusher?: string;
  readonly deliveryId: string;
  /** ms since 1970 */
  readonly at: number;
}

/** Redeliveries older than this many pushes count as new ones: harmless, since fetch then finds nothing changed. */
const remembered = 32;

/** After this long without `done`, the sweeper sends the hint again. */
const resendAfter = 60_000;

const nothing: RefState = { v: 1, wanted: 0, done: 0, deliveries: [] };

export const readRef = async (table: Table, repository: string, ref: string): Promise<RefState> => {
  const item = await table.get(keys.ref(repository, ref));
  return item ? readItem(RefItem, item) : nothing;
};

/** Records an accepted push in one conditional write, repeated when another push came between. */
export const wantRef = async (table: Table, push: Push): Promise<"recorded" | "duplicate"> => {
  const key = keys.ref(push.repository, push.ref);
  for (;;) {
    const item = await table.get(key);
    const seen = item ? readItem(RefItem, item) : nothing;
    if (seen.deliveries.includes(push.deliveryId)) return "duplicate";
    const pending = seen.wanted > seen.done;
    const answer = await table.update(
      key,
      {
        add: { wanted: 1 },
        ...replacing({
          v: 1,
          before: push.before,
          after: push.after,
          pusher: push.pusher,
          deliveries: [...seen.deliveries, push.deliveryId].slice(-remembered),
          since: pending ? seen.since : push.at,
          dueShard: dueShardOf(push.repository),
          dueAt: push.at + resendAfter,
        }),
      },
      { wanted: standsAt(seen.wanted) },
    );
    if (answer.written) return "recorded";
  }
};

/**
 * What a fetch that ends without having finished was to look at stays open, also where another one has finished it meanwhile: the sweeper
 * sees to it where the next message is lost.
 */
export const keepOpen = async (table: Table, at: Pick<Push, "repository" | "ref" | "at">): Promise<void> => {
  const { repository, ref } = at;
  const { wanted, done } = await readRef(table, repository, ref);
  if (wanted === done) await wantRef(table, { repository, ref, at: at.at, deliveryId: `again-${wanted}` });
};

/**
 * Fetch has finished with what it read. `settled` says that nobody pushed meanwhile; if `moved`, the next hint is the caller's to send.
 * `done` never goes back: where another fetch finished more, that one's facts stand. `contradicted`: another one finished meanwhile at another
 * head. It may have found nothing new before this one's wishes stood, or this one before its: only a new look can tell.
 */
export const finishRef = async (
  table: Table,
  at: {
    readonly repository: string;
    readonly ref: string;
    readonly read: RefState;
    readonly head?: string;
    readonly commit?: z.infer<typeof CommitFactsItem>;
  },
): Promise<"settled" | "moved" | "contradicted"> => {
  const key = keys.ref(at.repository, at.ref);
  const { wanted } = at.read;
  const facts = { v: 1, done: wanted, head: at.head, commit: at.commit && smallCommit(at.commit) };
  for (let now = at.read; ; now = await readRef(table, at.repository, at.ref)) {
    // Fewer were ever wished for: the table went back meanwhile, and in its new epoch all is fetched anew.
    const wentBack = now.wanted < wanted;
    const isFinished = now.done !== at.read.done || now.head !== at.read.head;
    if (!wentBack && isFinished && now.head !== at.head) return "contradicted";
    if (wentBack || (isFinished && now.done >= wanted)) return now.wanted > now.done ? "moved" : "settled";
    const isLast = now.wanted === wanted;
    const change = replacing(facts, isLast ? ["since", "dueAt", "dueShard"] : []);
    if ((await table.update(key, change, asRead(now))).written) return isLast ? "settled" : "moved";
  }
};

const asRead = ({ wanted, done, head }: RefState): Condition => ({
  wanted: standsAt(wanted),
  done: standsAt(done),
  head: head === undefined ? { absent: true } : { equals: head },
});
