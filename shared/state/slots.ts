import * as z from "zod/mini";
import type { Change, Condition, Item, Table } from "../ports/table.ts";
import { standsAt } from "./counter.ts";
import { keys, readItem } from "./items.ts";
import { leaseTimes } from "./leases.ts";
import { smallReason } from "./small.ts";

/**
 * The traffic to one cluster: which worker holds how many request slots, and whether the cluster is away. A grant is an attribute of its own, so
 * that workers take and give back side by side: only a cluster that is full refuses one. Grants lapse as leases do, without comparing clocks: one
 * whose beat a waiting message has seen unchanged for a whole lease time, counted by the delays of that message, is taken away. All that is assumed
 * is that a message does not come before its delay has passed.
 */
const SlotsItem = z.looseObject({
  v: z.literal(1),
  used: z._default(z.number(), 0),
  /** Applications that came in vain and come again. An estimate: messages are lost, and come twice. */
  waiting: z._default(z.number(), 0),
  /** Until when all that was asked has had its share of time, by the clock of whoever left last; ms since 1970. */
  spent: z.optional(z.number()),
  /** Steps in a row that could not reach it. */
  failures: z._default(z.number(), 0),
  outage: z.optional(z.object({ since: z.number(), reason: z.string() })),
  /** How often one step was let through to see whether it is back, and whether one is on its way. */
  probes: z._default(z.number(), 0),
  probing: z.optional(z.boolean()),
});

export interface Traffic extends Readonly<z.infer<typeof SlotsItem>> {
  /** Somebody has taken slots before. */
  readonly wasUsed: boolean;
  readonly grants: readonly Grant[];
}

export interface Grant {
  /** A new random name for each. */
  readonly name: string;
  readonly project: string;
  readonly slots: number;
  readonly beat: number;
}

const prefix = "grant:";

/** One string, so that a write can be bound to it: a condition compares nothing larger. */
const textOf = ({ slots, beat, project }: Grant): string => `${slots} ${beat} ${project}`;

const grantOf = (attribute: string, text: unknown): readonly Grant[] => {
  const [, slots, beat, project] = /^(\d+) (\d+) (.*)$/.exec(typeof text === "string" ? text : "") ?? [];
  if (!attribute.startsWith(prefix) || project === undefined) return [];
  return [{ name: attribute.slice(prefix.length), slots: Number(slots), beat: Number(beat), project }];
};

const trafficOf = (item: Item | undefined): Traffic => {
  const read = item ? readItem(SlotsItem, item) : undefined;
  const grants = Object.entries(read ?? {}).flatMap(([attribute, value]) => grantOf(attribute, value));
  const nothing = { v: 1 as const, used: 0, waiting: 0, failures: 0, probes: 0 };
  return { ...nothing, ...read, wasUsed: item?.used !== undefined, grants };
};

export const readTraffic = async (table: Table, cluster: string): Promise<Traffic> => trafficOf(await table.get(keys.slots(cluster)));

/**
 * `ceiling`: slots that may be in use afterwards; `keptBack`: so many of them are for projects that hold none. `gone`: so many fewer wait than was
 * thought. `seen`: as it was just read.
 */
interface SlotRequest {
  readonly grant: Grant;
  readonly ceiling: number;
  readonly keptBack: number;
  readonly gone: number;
  readonly seen: Traffic;
}

/**
 * Whether the slots are the grant's now, and the traffic as it then stands. A repeated call takes nothing twice. What is kept back is taken only by
 * who saw the traffic as it is: of two workers of one project that saw none of theirs there, both would.
 */
export const takeSlots = async (
  table: Table,
  cluster: string,
  { grant, ceiling, keptBack, gone, seen }: SlotRequest,
): Promise<{ readonly taken: boolean; readonly traffic: Traffic }> => {
  const name = `${prefix}${grant.name}`;
  const change: Change = { set: { v: 1, [name]: textOf(grant) }, add: { used: grant.slots, ...(gone > 0 && { waiting: -gone }) } };
  const after = seen.used + grant.slots;
  const isKeptBack = after > ceiling - keptBack && after <= ceiling;
  const room = isKeptBack ? standsAt(seen.used) : { below: ceiling - keptBack - grant.slots + 1 };
  const away = seen.outage ? { present: true as const } : { absent: true as const };
  const answer = await table.update(keys.slots(cluster), change, {
    used: seen.wasUsed ? room : { absent: true },
    outage: away,
    [name]: { absent: true },
  });
  const traffic = trafficOf(answer.written ? answer.item : answer.found);
  return { taken: traffic.grants.some((each) => each.name === grant.name), traffic };
};

/** The grant changes its size or beats; false when it has lapsed, or there is no room. */
export const changeGrant = async (
  table: Table,
  cluster: string,
  before: Grant,
  after: Grant,
  ceiling: number,
): Promise<Traffic | undefined> => {
  const more = after.slots - before.slots;
  const name = `${prefix}${before.name}`;
  const change: Change = { set: { [name]: textOf(after) }, ...(more !== 0 && { add: { used: more } }) };
  const room: Condition = more > 0 ? { used: { below: ceiling - more + 1 } } : {};
  const answer = await table.update(keys.slots(cluster), change, { ...room, [name]: { equals: textOf(before) } });
  return answer.written ? trafficOf(answer.item) : undefined;
};

/** What a holder learned about the cluster: `away` counts steps that could not reach it, after those that could. */
export interface Learned {
  readonly reached: boolean;
  readonly away: number;
}

/** The slots go back, with what was learned, in one write. `served`: Applications that wait no longer. */
export const giveBack = async (
  table: Table,
  cluster: string,
  given: { readonly grant: Grant; readonly served: number; readonly learned: Learned; readonly seen: Traffic; readonly spent: number },
): Promise<Traffic> => {
  const { grant, served, learned, seen, spent } = given;
  const name = `${prefix}${grant.name}`;
  const news = newsOf(learned, seen);
  const back: Change = {
    ...news,
    set: { ...news.set, spent },
    add: { ...news.add, used: -grant.slots, ...(served > 0 && { waiting: -served }) },
    remove: [...(news.remove ?? []), name],
  };
  const answer = await table.update(keys.slots(cluster), back, { [name]: { equals: textOf(grant) } });
  if (answer.written) return trafficOf(answer.item);
  // It has lapsed: the slots are somebody else's.
  if (Object.keys(news).length === 0) return trafficOf(answer.found);
  const told = await table.update(keys.slots(cluster), news, { v: { present: true } });
  return trafficOf(told.written ? told.item : told.found);
};

const newsOf = ({ reached, away }: Learned, { failures, outage }: Traffic): Change => {
  if (reached && away === 0) return failures > 0 || outage ? { remove: ["failures", ...outageFields] } : {};
  const probed: Change = outage ? { remove: ["probing"] } : {};
  if (away === 0) return probed;
  return reached ? { ...probed, set: { failures: away } } : { ...probed, add: { failures: away } };
};

const outageFields = ["outage", "probes", "probing"] as const;

/** So many more, or fewer, come again later. Where fewer than none were `seen` to wait, those who came twice counted twice: it begins anew. */
export const noteWaiting = async (table: Table, cluster: string, applications: number, seen = 0): Promise<void> => {
  const anew = { set: { v: 1, waiting: Math.max(0, applications) } };
  if (seen < 0 && (await table.update(keys.slots(cluster), anew, { waiting: { equals: seen } })).written) return;
  await table.update(keys.slots(cluster), { set: { v: 1 }, add: { waiting: applications } });
};

/** A cluster is back: so many come now, whatever was counted before it went away. */
export const expectWaiting = async (table: Table, cluster: string, applications: number): Promise<void> => {
  await table.update(keys.slots(cluster), { set: { v: 1, waiting: applications } });
};

/** The name under which a waiting message remembers a grant: another beat is another name. */
export const sightOf = ({ name, beat }: Grant): string => `${name}/${beat}`;

/** Seconds for which a waiting message must have seen a grant unchanged. No margin: too early costs a few requests too many, and nothing else. */
export const lapseAfter = leaseTimes.length / 1000;

/** Takes the slots of a holder that died. */
export const lapseGrant = async (table: Table, cluster: string, grant: Grant): Promise<void> => {
  const name = `${prefix}${grant.name}`;
  await table.update(keys.slots(cluster), { add: { used: -grant.slots }, remove: [name] }, { [name]: { equals: textOf(grant) } });
};

/** Steps keep away from the cluster from now on; false when they do already. */
export const holdOff = async (
  table: Table,
  cluster: string,
  outage: { readonly since: number; readonly reason: string },
): Promise<boolean> => {
  const set = { v: 1, outage: { since: outage.since, reason: smallReason(outage.reason) } };
  return (await table.update(keys.slots(cluster), { set }, { outage: { absent: true } })).written;
};

/** It is back: steps may go to it again. */
export const letThrough = async (table: Table, cluster: string): Promise<boolean> =>
  (await table.update(keys.slots(cluster), { remove: ["failures", ...outageFields] }, { outage: { present: true } })).written;

/** Whether steps go to the cluster, keep away from it, or wait for what the one learns that was let through. */
export const circuitOf = ({ outage, probing }: Traffic): "closed" | "open" | "half-open" => {
  if (!outage) return "closed";
  return probing ? "half-open" : "open";
};

/** Whether the caller is the one who may see whether it is back: of all who saw the same number of probes, one is. */
export const claimProbe = async (table: Table, cluster: string, seen: number): Promise<boolean> => {
  const unmoved: Condition = { outage: { present: true }, probes: standsAt(seen) };
  return (await table.update(keys.slots(cluster), { add: { probes: 1 }, set: { probing: true } }, unmoved)).written;
};
