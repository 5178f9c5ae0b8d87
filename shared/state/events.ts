import * as z from "zod/mini";
import { type ApplicationEvent, eventKinds } from "../model/event.ts";
import type { Json } from "../model/json.ts";
import type { Item, Page, Table } from "../ports/table.ts";
import { readState } from "./application-state.ts";
import { keys, readItem } from "./items.ts";
import { itemsOf } from "./pages.ts";

/** An event as the table has it: the facts, the fence of the writer, and what notify did about it. */
const EventItem = z.object({
  v: z.literal(1),
  fence: z.number(),
  event: z.custom<ApplicationEvent>((value) => typeof value === "object" && value !== null),
  /** Per notified place: claimed or sent, and the message that a bot may update. */
  told: z._default(z.record(z.string(), z.object({ state: z.enum(["claimed", "sent"]), message: z.optional(z.string()) })), {}),
});

/** Ids are numbers in the order of events, padded so that they sort. */
export const eventId = (ordinal: number): string => String(ordinal).padStart(10, "0");

/** Of the operation that the next event will end: between the two in order, and no entry of history. */
export const runningEventId = (events: number): string => `${eventId(events)}-running`;

/**
 * Writes an event before the state that counts it: a crash between the two repeats the step, which writes the same id again. A writer whose
 * lease was taken over (a lower fence) changes nothing. What stands there may be another transition, which the state has not counted: its writer
 * died, or two were at it at once. That one stays, and this one stands after it.
 * @returns the ids to tell: the one under which it stands last, after those of writers who may have died before anybody heard of them; a scan and a
 * look at health have the same fence
 */
export const writeEvent = async (table: Table, event: ApplicationEvent, fence: number): Promise<readonly string[]> => {
  const item = { ...keys.event(event.application, event.id), v: 1, fence, event: plain(event) };
  const answer = await table.put(item, { v: { absent: true } });
  if (answer.written || !answer.found) return [event.id];
  const { event: found, fence: its } = readItem(EventItem, answer.found);
  const beside = idBeside(event);
  if (beside !== event.id && (found.kind !== event.kind || found.operation !== event.operation)) {
    const ids = await writeEvent(table, { ...event, id: beside }, fence);
    // More than one may have died before it: each left its own beside the first.
    const others = await Array.fromAsync(itemsOf(table, { pk: item.pk, prefix: `${item.sk}.` }));
    const older = others.filter((other) => readItem(EventItem, other).fence <= fence).map((other) => eventOfItem(other).id);
    return [...(its <= fence ? [event.id] : []), ...older.filter((id) => !ids.includes(id)), ...ids];
  }
  await table.put({ ...item, told: answer.found.told }, { fence: { below: fence } });
  return [event.id];
};

/**
 * No write is bound to another item: whoever slept may have written into the history of an Application that was forgotten meanwhile. It is taken
 * out again. What was written before the forgetting began is found by that.
 */
export const retractFromForgotten = async (table: Table, { application, id }: EventName, fence: number): Promise<boolean> => {
  const state = await readState(table, application);
  if (state && !state.forgetting) return false;
  await table.delete(keys.event(application, id), { fence: { equals: fence } });
  return true;
};

type EventName = Pick<ApplicationEvent, "application" | "id">;

/** Between its ordinal and the next one, and the same for whoever repeats the step; such an id itself stays what it is. */
const idBeside = ({ id, operation = "0", kind }: ApplicationEvent): string =>
  /^\d+$/.test(id) ? `${id}.${operation}${eventKinds.indexOf(kind)}` : id;

export const readEvent = async (table: Table, application: string, id: string): Promise<z.infer<typeof EventItem> | undefined> => {
  const item = await table.get(keys.event(application, id));
  return item ? readItem(EventItem, item) : undefined;
};

export const eventOfItem = (item: Item): ApplicationEvent => readItem(EventItem, item).event;

/** History, newest first: one entry per operation, and what else happened; fewer than `limit` only where there are no more. */
export const readHistory = async (table: Table, application: string, limit = 20, cursor?: string): Promise<Page<ApplicationEvent>> => {
  const page = await table.query({
    pk: `app#${application}`,
    prefix: "event#",
    descending: true,
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const items = page.items.map(eventOfItem).filter(({ kind }) => kind !== "running");
  if (page.cursor === undefined) return { items };
  if (items.length >= limit) return { items, cursor: page.cursor };
  // One of an operation under way is no entry: another one takes its place.
  const rest = await readHistory(table, application, limit - items.length, page.cursor);
  return { ...rest, items: [...items, ...rest.items] };
};

const plain = (event: ApplicationEvent): Json => JSON.parse(JSON.stringify(event));
