import * as z from "zod/mini";

/**
 * What travels through the queues. A message only names what to look at; nothing in it is applied. Older code refuses a `v` it does not
 * know by failing the message, so that it comes back when newer code runs.
 */
const v = z.literal(1);

/** How often a message is received before it goes to the dead-letter queue. */
export const tries = 5;

/** Seconds that SQS delays a message for at most; what must wait longer is due in the table. */
export const longestDelay = 900;

/** To fetch: a ref that may have moved, an Application whose declaration or chart may have, or a repository that could not be read and may be now. */
export const PushMessage = z.discriminatedUnion("kind", [
  z.object({ v, kind: z.literal("ref"), repository: z.string(), ref: z.string() }),
  z.object({ v, kind: z.literal("application"), application: z.string() }),
  z.object({ v, kind: z.literal("repository"), repository: z.string() }),
]);
export type PushMessage = z.infer<typeof PushMessage>;

/**
 * To render: an input that may be unknown yet, and Applications waiting for it (at most 50 names). `limits`: those under which the sender does not know
 * it yet.
 */
export const RenderMessage = z.object({
  v,
  input: z.string(),
  applications: z.array(z.string()).check(z.maxLength(50)),
  limits: z.optional(z.object({ seconds: z.number(), outputBytes: z.number() })),
});
export type RenderMessage = z.infer<typeof RenderMessage>;

/**
 * What a message that found no slot at its cluster has waited for. `seconds`: all its delays together. `saw`: whom it saw hold slots, since which of
 * these seconds. `counted`: among those who wait for a slot. `probe`: the last probe it saw of a cluster that is away.
 */
const Waits = z.object({
  seconds: z.number(),
  saw: z._default(z.record(z.string(), z.number()), {}),
  counted: z.optional(z.boolean()),
  probe: z.optional(z.number()),
});
export type Waits = z.infer<typeof Waits>;

/**
 * To sync: an Application to look at; `saw` is the lease its sender found held, for a takeover when nothing moved. `at` is the time in its state
 * that the message was sent for: the queue has waited for it, so it has come, whatever the reader's clock says.
 */
export const SyncMessage = z.object({
  v,
  application: z.string(),
  saw: z.optional(z.object({ fence: z.number(), beat: z.number() })),
  at: z.optional(z.number()),
  waits: z.optional(Waits),
});
export type SyncMessage = z.infer<typeof SyncMessage>;

/** A claim that somebody held, and the message's delays, in seconds, since it saw that one first: see claims.ts. */
const Saw = z.object({ beat: z.number(), seconds: z.number() });

/** To notify: an event of an Application that people may want to hear of. `saw`: by place, who was telling there. */
export const NoticeMessage = z.object({ v, application: z.string(), event: z.string(), saw: z.optional(z.record(z.string(), Saw)) });
export type NoticeMessage = z.infer<typeof NoticeMessage>;

/** To notify, from itself: events of one cause that were collected at a place to be told together. */
const SummaryMessage = z.object({ v, place: z.string(), summary: z.string(), saw: z.optional(Saw) });
export type SummaryMessage = z.infer<typeof SummaryMessage>;

export const NotifyMessage = z.union([NoticeMessage, SummaryMessage]);
export type NotifyMessage = z.infer<typeof NotifyMessage>;

/** To scan, from the schedule. */
export const ScanEvent = z.object({ scan: z.enum(["sweep", "poll", "drift", "watch"]) });
export type ScanEvent = z.infer<typeof ScanEvent>;
