import * as z from "zod/mini";
import { type ApplicationEvent, type EventKind, eventKinds } from "../model/event.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { Clock } from "../ports/clock.ts";
import type { Table } from "../ports/table.ts";
import { type Busy, busyWith, type Seen, waitFor } from "./claims.ts";
import { standsAt } from "./counter.ts";
import { keys, readItem } from "./items.ts";
import { itemsOf } from "./pages.ts";
import { smallReason } from "./small.ts";

/** News of one cause at one place. As with refs, `wanted` counts what was collected and `done` is the count that was told. */
const SummaryItem = z.object({
  v: z.literal(1),
  /** How many were told, or collected. */
  seen: z._default(z.number(), 0),
  wanted: z._default(z.number(), 0),
  done: z._default(z.number(), 0),
  /** A message that has it told is on its way. */
  hinted: z._default(z.boolean(), false),
  beat: z._default(z.number(), 0),
  attempts: z._default(z.number(), 0),
  /** ms since 1970, for people: no clock is compared with it. Absent when nobody is at it. */
  claimedAt: z.optional(z.number()),
  openedAt: z.optional(z.number()),
  times: z._default(z.number(), 0),
  shown: z.optional(z.object({ at: z.number(), message: z.optional(z.string()) })),
});

const SummedItem = z.object({
  v: z.literal(1),
  sk: z.string(),
  ordinal: z.number(),
  event: z.string(),
  kind: z.enum(eventKinds),
  at: z.number(),
  reason: z.optional(z.string()),
  told: z._default(z.boolean(), false),
});

/** What a summary says of one Application: its newest event of that cause. */
export interface Summed {
  readonly application: string;
  readonly event: string;
  readonly kind: EventKind;
  /** ms since 1970 */
  readonly at: number;
  readonly reason?: string;
  /** The place has it already. */
  readonly told: boolean;
}

/** When a summary was posted, ms since 1970, and the message's name where it can be changed. */
export interface SummaryShown {
  readonly at: number;
  readonly message?: string | undefined;
}

/** While whoever has it lives, nobody else tells this summary. */
export interface SummaryClaim {
  readonly state: "claimed";
  readonly place: string;
  readonly summary: string;
  readonly beat: number;
  readonly wanted: number;
  /** How often it was tried before. */
  readonly attempts: number;
  /** How often it was told before. */
  readonly times: number;
  /** What was told last; `message` names it where it can be changed. */
  readonly shown?: SummaryShown | undefined;
  readonly members: readonly Summed[];
}

/** Summaries that old are of no use: each new one clears away a few. ms. */
const kept = 24 * 60 * 60_000;
const clearedAtOnce = 4;
const width = 8;

/** Summaries over the table. Ids sort by time. */
export const tableSummaries = (table: Table, clock: Clock) => ({
  /** How much news of this cause the place was given so far, this one included. */
  count: async (place: string, summary: string): Promise<number> => {
    const answer = await table.update(keys.summary(place, summary), { set: { v: 1 }, add: { seen: 1 } });
    const { seen } = read(answer.written ? answer.item : undefined);
    if (seen === 1) {
      await table.update(keys.summary(place, summary), { set: { openedAt: clock.now() } });
      await clearOld(table, place, clock.now() - kept);
    }
    return seen;
  },

  /** Adds an event, or puts it in the place of an earlier one of its Application. `hinted`: a message is on its way that has it told. */
  collect: async (place: string, summary: string, { application, id, kind, at, reason }: ApplicationEvent) => {
    const said = reason === undefined ? {} : { reason: smallReason(reason).slice(0, reasonKept) };
    const ordinal = Number.parseFloat(id);
    const item = { ...keys.summed(place, summary, application), v: 1, ordinal, event: id, kind, at: Date.parse(at), ...said };
    const first = await table.put(item, { v: { absent: true } });
    if (!first.written) await table.put(item, { ordinal: { below: ordinal } });
    const answer = await table.update(keys.summary(place, summary), { set: { v: 1 }, add: { wanted: 1 } });
    const { hinted, beat, times } = read(answer.written ? answer.item : undefined);
    return { hinted, beat, times };
  },

  /** Which of these have the event, told or not. */
  holding: async (place: string, summaries: readonly string[], { application, id }: ApplicationEvent): Promise<readonly string[]> => {
    const items = await table.getMany(summaries.map((summary) => keys.summed(place, summary, application)));
    const found = new Set(items.filter((item) => readItem(SummedItem, item).event === id).map(({ pk }) => pk));
    return summaries.filter((summary) => found.has(keys.summed(place, summary, application).pk));
  },

  /** A message is on its way; nothing is noted where it may have come already. */
  hinted: async (place: string, summary: string, beat: number): Promise<void> => {
    await table.update(keys.summary(place, summary), { set: { hinted: true } }, { v: { present: true }, beat: standsAt(beat) });
  },

  claim: async (place: string, summary: string, saw?: Seen): Promise<SummaryClaim | { readonly state: "told" } | Busy> => {
    const key = keys.summary(place, summary);
    const seen = read(await table.get(key));
    const busy = busyWith(seen, saw);
    if (busy) return busy;
    if (seen.wanted === seen.done) return { state: "told" };
    const answer = await table.update(
      key,
      { set: { claimedAt: clock.now() }, add: { beat: 1, attempts: 1 } },
      { v: { present: true }, beat: standsAt(seen.beat) },
    );
    if (!answer.written) return waitFor(read(answer.found).beat);
    const { wanted, attempts, times, shown } = seen;
    const members = await membersOf(table, place, summary);
    return { state: "claimed", place, summary, beat: seen.beat + 1, wanted, attempts, times, shown, members };
  },

  /** Its members are told, with `shown` standing at the place now. Answers whether more was collected meanwhile: then the next message is the caller's to send. */
  record: async (claim: SummaryClaim, shown?: SummaryShown): Promise<"settled" | "moved"> => {
    const { place, summary, beat, wanted, times, members } = claim;
    const key = keys.summary(place, summary);
    const news = members.filter(({ told }) => !told);
    await sideBySide(news, width, ({ application, event }) =>
      table.update(keys.summed(place, summary, application), { set: { told: true } }, { event: { equals: event } }),
    );
    const facts = { done: wanted, attempts: 0, ...(shown && { times: times + 1, shown: JSON.parse(JSON.stringify(shown)) }) };
    const mine = { beat: { equals: beat } };
    const settled = await table.update(key, { set: facts, remove: ["claimedAt", "hinted"] }, { ...mine, wanted: { equals: wanted } });
    if (settled.written) return "settled";
    await table.update(key, { set: facts, remove: ["claimedAt"] }, mine);
    return "moved";
  },

  /** It was not told: the next one may try at once. */
  release: async ({ place, summary, beat }: SummaryClaim): Promise<void> => {
    await table.update(keys.summary(place, summary), { remove: ["claimedAt"] }, { beat: { equals: beat } });
  },
});

/** Characters of a reason: a summary quotes its beginning. */
const reasonKept = 300;

const read = (item: Parameters<typeof readItem>[1] | undefined): z.infer<typeof SummaryItem> =>
  item ? readItem(SummaryItem, item) : { v: 1, seen: 0, wanted: 0, done: 0, hinted: false, beat: 0, attempts: 0, times: 0 };

const membersOf = async (table: Table, place: string, summary: string): Promise<readonly Summed[]> => {
  const items = await Array.fromAsync(itemsOf(table, { pk: keys.summed(place, summary, "").pk }));
  return items.map((item) => {
    const { sk, event, kind, at, reason, told } = readItem(SummedItem, item);
    return { application: sk, event, kind, at, told, ...(reason !== undefined && { reason }) };
  });
};

const clearOld = async (table: Table, place: string, before: number): Promise<void> => {
  const { pk } = keys.summary(place, "");
  const { items } = await table.query({ pk, prefix: "summary#", limit: clearedAtOnce });
  for (const item of items) {
    const { openedAt = 0 } = read(item);
    if (openedAt > before) continue;
    const summary = item.sk.slice("summary#".length);
    await sideBySide(await membersOf(table, place, summary), width, ({ application }) =>
      table.delete(keys.summed(place, summary, application)),
    );
    await table.delete({ pk, sk: item.sk });
  }
};
