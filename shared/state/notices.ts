import * as z from "zod/mini";
import type { ApplicationEvent } from "../model/event.ts";
import { eventKinds } from "../model/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { Table } from "../ports/table.ts";
import { busyWith, type Seen, waitFor } from "./claims.ts";
import { standsAt } from "./counter.ts";
import { readEvent, readHistory } from "./events.ts";
import { keys, readItem } from "./items.ts";
import { tableSummaries } from "./summaries.ts";

/** What one place was told about one operation, and who is telling right now. */
const NoticeItem = z.object({
  v: z.literal(1),
  beat: z._default(z.number(), 0),
  attempts: z._default(z.number(), 0),
  /** ms since 1970, for people: no clock is compared with it. Absent when nobody is at it. */
  claimedAt: z.optional(z.number()),
  told: z._default(z.array(z.string()), []),
  shown: z.optional(
    z.object({
      kind: z.enum(eventKinds),
      event: z.string(),
      at: z.number(),
      message: z.optional(z.string()),
      summary: z.optional(z.string()),
    }),
  ),
});
type NoticeState = z.infer<typeof NoticeItem>;
type Shown = NonNullable<NoticeState["shown"]>;

/** Events of one operation that are remembered as told. */
const remembered = 50;

const nothing: NoticeState = { v: 1, beat: 0, attempts: 0, told: [] };

/** The notices that notify asks for, over the table. */
export const tableNotices = (table: Table, clock: Clock) => ({
  summaries: tableSummaries(table, clock),

  read: async (application: string, event: string): Promise<ApplicationEvent | undefined> =>
    (await readEvent(table, application, event))?.event,

  isNewest: async (event: ApplicationEvent): Promise<boolean> => {
    const [newest] = (await readHistory(table, event.application, 1)).items;
    return newest === undefined || newest.id <= event.id;
  },

  claim: async (event: ApplicationEvent, place: string, saw?: Seen) => {
    const key = keyOf(event, place);
    const item = await table.get(key);
    const seen = item ? readItem(NoticeItem, item) : nothing;
    if (seen.told.includes(event.id)) return { state: "told" } as const;
    const busy = busyWith(seen, saw);
    if (busy) return busy;
    const answer = await table.update(
      key,
      { set: { v: 1, claimedAt: clock.now() }, add: { beat: 1, attempts: 1 } },
      { beat: standsAt(seen.beat) },
    );
    if (!answer.written) return waitFor(answer.found ? readItem(NoticeItem, answer.found).beat : 0);
    // The Application was forgotten since the event was read: forgetting finds a claim on one that still stands.
    if (!item && !(await readEvent(table, event.application, event.id))) {
      await table.delete(key, { beat: { equals: seen.beat + 1 } });
      return { state: "told" } as const;
    }
    const { shown, attempts, beat } = seen;
    return { state: "claimed", event, place, beat: beat + 1, attempts, ...(shown && { previous: plain(shown) }) } as const;
  },

  record: async (claim: HeldClaim, shown?: PlainShown): Promise<void> => {
    const key = keyOf(claim.event, claim.place);
    const item = await table.get(key);
    const { told } = item ? readItem(NoticeItem, item) : nothing;
    await table.update(
      key,
      {
        set: { told: [...told, claim.event.id].slice(-remembered), attempts: 0, ...(shown && { shown: { ...shown } }) },
        remove: ["claimedAt"],
      },
      { beat: { equals: claim.beat } },
    );
  },

  release: async (claim: HeldClaim): Promise<void> => {
    await table.update(keyOf(claim.event, claim.place), { remove: ["claimedAt"] }, { beat: { equals: claim.beat } });
  },
});

interface HeldClaim {
  readonly event: ApplicationEvent;
  readonly place: string;
  readonly beat: number;
}

type PlainShown = Omit<Shown, "message" | "summary"> & { readonly message?: string; readonly summary?: string };

/** Without what is there and undefined. */
const plain = ({ message, summary, ...shown }: Shown): PlainShown => ({
  ...shown,
  ...(message === undefined ? {} : { message }),
  ...(summary === undefined ? {} : { summary }),
});

const keyOf = (event: ApplicationEvent, place: string) => keys.notice(event.application, place, event.operation ?? event.id);
