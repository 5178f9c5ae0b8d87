/**
 * The notify stage: an event of an Application becomes a message where its people are. For each place the event is claimed, told and
 * recorded, so that it is told once however often the queue brings it; only an answer lost on the way can make it appear twice. Where many
 * Applications say the same, the first few are told alone and all others together, a little later: see tell-summary.ts. Trouble with
 * a place delays what is told there and nothing else: the message comes back later, with growing pauses, until the event is a day old.
 * What a place will never take is told to the operators' journal instead.
 */
import type { ApplicationEvent } from "../model/event.ts";
import { assertNever, Failure } from "../model/failure.ts";
import type { Seen } from "../state/claims.ts";
import type { NoticeMessage } from "../state/messages.ts";
import { causeOf, summariesOf, summaryToJoin } from "./cause.ts";
import { type Again, afterDelay, delayOf, droppedAfter, type Later, nextSummary, pauseAfter } from "./later.ts";
import { isNews, messageToUpdate } from "./news.ts";
import type { Claimed, NotifyWorld, Place, Shown } from "./ports.ts";
import { isChangeable, tell } from "./services.ts";

/** Answers with the message that must come, and in how many seconds; undefined when everybody is told. */
export const tellPeople = async (message: NoticeMessage, world: NotifyWorld): Promise<Again<NoticeMessage>> => {
  const { saw, ...plain } = message;
  const event = await world.notices.read(message.application, message.event);
  if (event === undefined) return undefined;
  const hearing = world.places.filter(({ projects }) => projects === undefined || projects.includes(event.project));
  const waits = await Promise.all(hearing.map(async (place) => ({ place, later: await tellAt(place, event, world, saw?.[place.name]) })));
  const open = waits.flatMap(({ place, later }) => (later ? [{ ...later, place: place.name }] : []));
  if (open.length === 0) return undefined;
  const seconds = delayOf(Math.min(...open.map((each) => each.seconds)));
  const seen = open.flatMap(({ place, saw }) => (saw ? [[place, afterDelay(saw, seconds)] as const] : []));
  return { seconds, again: { ...plain, ...(seen.length > 0 && { saw: Object.fromEntries(seen) }) }, group: event.project };
};

const tellAt = async (place: Place, event: ApplicationEvent, world: NotifyWorld, saw: Seen | undefined): Promise<Later> => {
  const claim = await world.notices.claim(event, place.name, saw);
  switch (claim.state) {
    case "told":
      return undefined;
    case "busy":
      return claim;
    case "claimed":
      return (await isWorthTelling(claim, place, world)) ? tellClaimed(claim, place, world) : settle(claim, undefined, world);
    default:
      return assertNever(claim);
  }
};

/** After an outage, what has been overtaken is left out: people want the present state, not an hour's messages at once. */
const staleAfter = 10 * 60_000;

const isWorthTelling = async ({ event, previous }: Claimed, place: Place, world: NotifyWorld): Promise<boolean> => {
  const age = world.clock.now() - Date.parse(event.at);
  const worth =
    isNews(event, previous, isChangeable(place)) && age <= droppedAfter && (age <= staleAfter || (await world.notices.isNewest(event)));
  if (!worth && age > staleAfter) world.journal.tell("notice-dropped", { ...factsOf(event, place), ageSeconds: Math.round(age / 1000) });
  return worth;
};

const tellClaimed = async (claim: Claimed, place: Place, world: NotifyWorld): Promise<Later> => {
  const way = await wayOf(claim, place, world);
  switch (way.kind) {
    case "alone":
      return send(claim, place, world);
    case "together":
      return collect(claim, way.summary, place, world);
    case "untold":
      return settle(claim, undefined, world);
    default:
      return assertNever(way);
  }
};

type Way = { readonly kind: "alone" } | { readonly kind: "together"; readonly summary: string } | { readonly kind: "untold" };

const wayOf = async ({ event, previous, attempts }: Claimed, place: Place, { clock, notices }: NotifyWorld): Promise<Way> => {
  const now = clock.now();
  const joined = summaryToJoin(event, previous, now);
  if (joined !== undefined) return { kind: "together", summary: joined };
  if (messageToUpdate(event, previous, now) !== undefined) return { kind: "alone" };
  const { summary, isLate, alone } = causeOf(event, now);
  if (attempts > 0) {
    // Whoever tried before may have died after it was collected.
    const [collected] = await notices.summaries.holding(place.name, summariesOf(event), event);
    if (collected !== undefined) return { kind: "together", summary: collected };
    // It was counted then.
    if (!isLate) return { kind: "alone" };
  }
  if ((await notices.summaries.count(place.name, summary)) <= alone) return { kind: "alone" };
  // A summary tells how things ended.
  return event.kind === "running" ? { kind: "untold" } : { kind: "together", summary };
};

/** Told once it stands in the summary: a crash before that repeats all of this. */
const collect = async (claim: Claimed, summary: string, place: Place, world: NotifyWorld): Promise<Later> => {
  const { event } = claim;
  const { summaries } = world.notices;
  const { hinted, beat, times } = await summaries.collect(place.name, summary, event);
  if (!hinted) {
    const delaySeconds = nextSummary(times, isChangeable(place));
    await world.queue.send([{ body: { v: 1, place: place.name, summary }, delaySeconds, group: event.project }]);
    await summaries.hinted(place.name, summary, beat);
  }
  return settle(claim, { kind: event.kind, event: event.id, at: world.clock.now(), summary }, world);
};

const send = async (claim: Claimed, place: Place, world: NotifyWorld): Promise<Later> => {
  const { event, previous } = claim;
  const now = world.clock.now();
  const update = messageToUpdate(event, previous, now);
  try {
    const earlier = update === undefined || !previous ? undefined : await world.notices.read(event.application, previous.event);
    const message = await tell({ kind: "event", event, earlier, update }, place, world);
    // An updated message keeps the time it was posted: that is when people were told.
    const at = update !== undefined && message === update && previous ? previous.at : now;
    const shown: Shown = { kind: event.kind, event: event.id, at, ...(message === undefined ? {} : { message }) };
    world.journal.tell("notice-sent", { ...factsOf(event, place), updated: message !== undefined && message === update });
    return settle(claim, shown, world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const facts = { ...factsOf(event, place), code: error.code, reason: error.message };
    if (!error.retry) {
      world.journal.tell("notice-refused", facts);
      return settle(claim, undefined, world);
    }
    const seconds = Math.ceil(error.retryAfter ?? pauseAfter(claim.attempts));
    world.journal.tell("notice-delayed", { ...facts, seconds });
    await world.notices.release(claim);
    return { seconds };
  }
};

const settle = async (claim: Claimed, shown: Shown | undefined, { notices }: NotifyWorld): Promise<undefined> => {
  await notices.record(claim, shown);
  return undefined;
};

const factsOf = ({ application, id, kind }: ApplicationEvent, place: Place) => ({ application, event: id, kind, place: place.name });
