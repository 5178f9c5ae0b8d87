import * as z from "zod/mini";
import type { Condition, Item, Table } from "../ports/table.ts";
import { CommitFactsItem } from "./application-state.ts";
import { replacing } from "./change.ts";
import { standsAt } from "./counter.ts";
import { dueShardOf, keys, readItem } from "./items.ts";
import { LookItem, lookOf, looksIn, nameOfLook, nextLookAt } from "./looks.ts";
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
  /** How many fetches ever touched something, and those of them that have not ended. */
  begun: z._default(z.number(), 0),
  looks: z.record(z.string(), LookItem),
});
export type RefState = z.infer<typeof RefItem>;

export interface Push {
  readonly repository: string;
  readonly ref: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly pusher?: string | undefined;
  readonly deliveryId: string;
  /** ms since 1970 */
  readonly at: number;
}

/** Redeliveries older than this many pushes count as new ones: harmless, since fetch then finds nothing changed. */
const remembered = 32;

/** After this long without `done`, the sweeper sends the hint again. */
const resendAfter = 60_000;

const nothing: RefState = { v: 1, wanted: 0, done: 0, deliveries: [], begun: 0, looks: {} };

const refOf = (item: Item | undefined): RefState => (item ? readItem(RefItem, { ...item, looks: looksIn(item) }) : nothing);

export const readRef = async (table: Table, repository: string, ref: string): Promise<RefState> =>
  refOf(await table.get(keys.ref(repository, ref)));

/** Records an accepted push in one conditional write, repeated when another push came between. */
export const wantRef = async (table: Table, push: Push): Promise<"recorded" | "duplicate"> => {
  const key = keys.ref(push.repository, push.ref);
  for (;;) {
    const seen = await readRef(table, push.repository, push.ref);
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

interface Ref {
  readonly repository: string;
  readonly ref: string;
}

/**
 * Written before the first wish of a fetch, which may die before it has said what its wishes came from. The sweeper looks again unless it ends.
 * Answers the name of its mark, and `read` with all that have begun.
 */
export const beginLook = async (
  table: Table,
  { repository, ref, read, groups, at }: Ref & { readonly read: RefState; readonly groups: readonly string[]; readonly at: number },
): Promise<{ readonly own: string; readonly read: RefState }> => {
  const look = lookOf(groups, at);
  for (let { begun } = read; ; ) {
    const own = nameOfLook(begun + 1);
    const answer = await table.update(
      keys.ref(repository, ref),
      { add: { begun: 1 }, set: { v: 1, [own]: look, dueShard: dueShardOf(repository), dueAt: at + resendAfter } },
      { begun: standsAt(begun) },
    );
    const now = refOf(answer.written ? answer.item : answer.found);
    if (answer.written) return { own, read: { ...read, begun: now.begun, looks: now.looks } };
    begun = now.begun;
  }
};

/**
 * What a fetch that ends without having finished was to look at stays open, also where another one has finished it meanwhile: the sweeper
 * sees to it where the next message is lost. Of all that it wished for the reaches tell by now, so that its mark goes.
 */
export const keepOpen = async (table: Table, at: Ref & { readonly at: number; readonly own?: string | undefined }): Promise<void> => {
  const { repository, ref, own } = at;
  const { wanted, done } = await readRef(table, repository, ref);
  if (wanted === done) await wantRef(table, { repository, ref, at: at.at, deliveryId: `again-${wanted}` });
  if (own !== undefined) await table.update(keys.ref(repository, ref), { remove: [own] }, { [own]: { present: true } });
};

/**
 * Fetch has finished with what it read. `settled` says that nobody pushed meanwhile; if `moved`, the next hint is the caller's to send.
 * `done` never goes back: where another fetch finished more, that one's facts stand. `contradicted`: another one finished meanwhile at another
 * head. It may have found nothing new before this one's wishes stood, or this one before its: only a new look can tell.
 */
export const finishRef = async (
  table: Table,
  at: Ref & {
    readonly read: RefState;
    readonly head?: string;
    readonly commit?: z.infer<typeof CommitFactsItem>;
    /** Marks of fetches that are over: its own, and those that died long ago. Where others stay, the sweeper looks again. */
    readonly ended: readonly string[];
    readonly at: number;
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
    const stands = wentBack || (isFinished && now.done >= wanted);
    const answer = now.wanted > (stands ? now.done : wanted) ? "moved" : "settled";
    const ended = at.ended.filter((name) => name in now.looks);
    if (stands && ended.length === 0) return answer;
    const due = answer === "settled" ? dueFor(now, ended, at) : {};
    if ((await table.update(key, replacing({ ...(!stands && facts), ...due }, ended), asRead(now))).written) return answer;
  }
};

/** Nobody waits for a push: only a fetch that has begun and not ended is to be looked at. */
const dueFor = (
  { looks }: RefState,
  ended: readonly string[],
  { repository, at }: { readonly repository: string; readonly at: number },
) => {
  const left = Object.fromEntries(Object.entries(looks).filter(([name]) => !ended.includes(name)));
  const dueAt = nextLookAt(left, at);
  return { since: undefined, dueAt, dueShard: dueAt === undefined ? undefined : dueShardOf(repository) };
};

const asRead = ({ wanted, done, head, begun }: RefState): Condition => ({
  wanted: standsAt(wanted),
  done: standsAt(done),
  head: head === undefined ? { absent: true } : { equals: head },
  begun: standsAt(begun),
});
