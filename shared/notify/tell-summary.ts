/**
 * News of one cause, beyond the first few, told together: 500 Applications that fail on one commit are one message with their number, their names
 * and the reasons. Level-triggered: whoever collects raises a count, and what is told is read anew from what was collected until then. A bot changes
 * its message as more comes in; a webhook sends another one for what is new, after ever longer pauses.
 */
import type { ApplicationEvent } from "../model/event.ts";
import { assertNever, Failure } from "../model/failure.ts";
import type { Seen } from "../state/claims.ts";
import type { SummaryMessage } from "../state/messages.ts";
import type { SummaryClaim, SummaryShown } from "../state/summaries.ts";
import { isOfLateNews, updateWithin } from "./cause.ts";
import { type Again, afterDelay, delayOf, droppedAfter, type Later, nextSummary, pauseAfter } from "./later.ts";
import type { NotifyWorld, Place } from "./ports.ts";
import type { Telling } from "./service.ts";
import { isChangeable, tell } from "./services.ts";

/** Answers as `tellPeople`. */
export const tellSummary = async ({ saw: seen, ...message }: SummaryMessage, world: NotifyWorld): Promise<Again<SummaryMessage>> => {
  const place = world.places.find((each) => each.name === message.place);
  const later = place && (await tellAt(place, message.summary, world, seen));
  if (!later) return undefined;
  const seconds = delayOf(later.seconds);
  return { seconds, again: { ...message, ...(later.saw && { saw: afterDelay(later.saw, seconds) }) }, group: message.place };
};

const tellAt = async (place: Place, summary: string, world: NotifyWorld, saw: Seen | undefined): Promise<Later> => {
  const claim = await world.notices.summaries.claim(place.name, summary, saw);
  switch (claim.state) {
    case "told":
      return undefined;
    case "busy":
      return claim;
    case "claimed":
      return send(claim, place, world);
    default:
      return assertNever(claim);
  }
};

const send = async (claim: SummaryClaim, place: Place, world: NotifyWorld): Promise<Later> => {
  const now = world.clock.now();
  const facts = { place: place.name, summary: claim.summary, count: claim.members.length };
  const news = claim.members.filter(({ told }) => !told);
  const fresh = news.filter(({ at }) => now - at <= droppedAfter);
  if (fresh.length < news.length) world.journal.tell("notice-dropped", { ...facts, count: news.length - fresh.length });
  if (fresh.length === 0) return settle(claim, undefined, place, world);
  try {
    // What can be changed says all of it.
    const members = isChangeable(place) ? claim.members.filter(({ told, at }) => told || now - at <= droppedAfter) : fresh;
    const told = await tellMembers({ ...claim, members }, place, world);
    world.journal.tell("notices-summed", { ...facts, updated: told.at !== now });
    return settle(claim, told, place, world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const trouble = { ...facts, code: error.code, reason: error.message };
    if (!error.retry) {
      world.journal.tell("notice-refused", trouble);
      return settle(claim, undefined, place, world);
    }
    const seconds = Math.ceil(error.retryAfter ?? pauseAfter(claim.attempts));
    world.journal.tell("notice-delayed", { ...trouble, seconds });
    await world.notices.summaries.release(claim);
    return { seconds };
  }
};

/** An updated message keeps the time it was posted: that is when people were told. */
const tellMembers = async (claim: SummaryClaim, place: Place, world: NotifyWorld): Promise<SummaryShown> => {
  const now = world.clock.now();
  const { shown } = claim;
  const update = shown !== undefined && now - shown.at <= updateWithin ? shown.message : undefined;
  const message = await tell(await tellingOf(claim, update, world), place, world);
  const at = update !== undefined && message === update && shown ? shown.at : now;
  return { at, ...(message !== undefined && { message }) };
};

/** One that stayed the only one is told as if nothing had been collected. */
const tellingOf = async ({ members, summary }: SummaryClaim, update: string | undefined, world: NotifyWorld): Promise<Telling> => {
  const sample = await eventOf(members[0], world);
  if (members.length === 1 && sample) return { kind: "event", event: sample, earlier: undefined, update };
  return { kind: "summary", summary: { members, sample, isLate: isOfLateNews(summary) }, update };
};

const eventOf = async (member: SummaryClaim["members"][number] | undefined, world: NotifyWorld): Promise<ApplicationEvent | undefined> =>
  member && world.notices.read(member.application, member.event);

const settle = async (claim: SummaryClaim, shown: SummaryShown | undefined, place: Place, world: NotifyWorld): Promise<Later> => {
  const state = await world.notices.summaries.record(claim, shown);
  return state === "moved" ? { seconds: nextSummary(claim.times + 1, isChangeable(place)) } : undefined;
};
