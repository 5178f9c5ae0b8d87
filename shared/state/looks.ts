import * as z from "zod/mini";
import type { Item } from "../ports/table.ts";

/**
 * A fetch of a ref that is under way, as the ref's item has it from before its first wish until it ends. Each is an attribute of its own, so that
 * fetches side by side leave each other's alone. One that stays is of a fetch that died: of what it wished for, no reach may tell.
 */
export const LookItem = z.object({
  /** ms since 1970 */
  at: z.number(),
  /** What it evaluates, shortened; absent when that is too many: then it may be any. */
  groups: z.optional(z.array(z.string())),
});

/** By the attribute's name. */
export type Looks = Readonly<Record<string, z.infer<typeof LookItem>>>;

const prefix = "look-";

export const nameOfLook = (number: number): string => `${prefix}${number}`;

export const looksIn = (item: Item) => Object.fromEntries(Object.entries(item).filter(([name]) => name.startsWith(prefix)));

/** DynamoDB's items end at 400 kB, and every write of the ref pays for what stands beside it. */
const mostGroups = 1_000;

/** Of two that begin alike both are evaluated, which changes nothing. */
const short = (group: string): string => group.slice(0, 8);

export const lookOf = (groups: readonly string[], at: number): z.infer<typeof LookItem> => {
  const named = [...new Set(groups.map(short))];
  return { at, ...(named.length <= mostGroups && { groups: named }) };
};

/** A younger one is taken for alive and left to itself: in a burst, each fetch would do again what those before it are at. */
const doubtedAfter = 60_000;

/** A fetch may wish for as long as it lives, which is five minutes. After this long it has ended, also where clocks are minutes apart. */
const overAfter = 15 * 60_000;

/** Whether a group may be one that a fetch which died has wished for. */
export const doubtedBy = (looks: Looks, now: number): ((group: string) => boolean) => {
  const doubted = Object.values(looks).filter(({ at }) => now - at >= doubtedAfter);
  const named = new Set(doubted.flatMap(({ groups }) => groups ?? []));
  const isAny = doubted.some(({ groups }) => groups === undefined);
  return (group) => isAny || named.has(short(group));
};

/** Marks whose fetches live no more: who evaluates now what they name may take them away. */
export const overBy = (looks: Looks, now: number): readonly string[] =>
  Object.keys(looks).filter((name) => now - (looks[name]?.at ?? now) >= overAfter);

/** When these are to be looked at next, ms since 1970; undefined when there are none. */
export const nextLookAt = (looks: Looks, now: number): number | undefined => {
  const times = Object.values(looks).map(({ at }) => (now - at < doubtedAfter ? at + doubtedAfter : at + overAfter));
  return times.length === 0 ? undefined : Math.min(...times);
};
