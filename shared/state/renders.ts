import * as z from "zod/mini";
import type { CageLimits } from "../ports/cage.ts";
import type { Table } from "../ports/table.ts";
import { standsAt } from "./counter.ts";
import { keys, readItem } from "./items.ts";

/** What an input renders to; the first of two racing renders wins. A terminal failure is an outcome too: the same broken input is not rendered again. */
const RenderItem = z.object({
  v: z.literal(1),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("rendered"), output: z.string(), objects: z.number() }),
    z.object({ kind: z.literal("failed"), code: z.string(), subject: z.string(), message: z.string() }),
  ]),
  /** The limits that it broke: under others it may be rendered. */
  under: z.optional(z.string()),
});
type RenderItem = z.infer<typeof RenderItem>;
export type RenderOutcome = RenderItem["outcome"];

/** Undefined, too, where a render failed at other limits than these. Without limits whatever was recorded stands. */
export const readRender = async (table: Table, input: string, limits?: CageLimits): Promise<RenderOutcome | undefined> => {
  const item = await table.get(keys.render(input));
  if (!item) return undefined;
  const found = readItem(RenderItem, item);
  return stands(found, limits) ? found.outcome : undefined;
};

/** How often a render of this input was ended for time or memory under these limits, this time included. */
export const countKilled = async (table: Table, input: string, limits: CageLimits): Promise<number> => {
  const key = keys.killed(input, textOf(limits));
  const before = Number((await table.get(key))?.times ?? 0);
  // A client that heard no answer sends it once more: that is no second time.
  const answer = await table.update(key, { add: { times: 1 }, set: { v: 1 } }, { times: standsAt(before) });
  return Number((answer.written ? answer.item : answer.found)?.times ?? 1);
};

/** Answers with the outcome that stands: this one, or the one that was there before. A failure at other limits gives way. */
export const recordRender = async (table: Table, input: string, outcome: RenderOutcome, limits?: CageLimits): Promise<RenderOutcome> => {
  const under = limits && breaksLimits(outcome) ? textOf(limits) : undefined;
  const item = { ...keys.render(input), v: 1, outcome, under };
  const first = await table.put(item, { v: { absent: true } });
  if (first.written || !first.found) return outcome;
  const found = readItem(RenderItem, first.found);
  if (found.under === undefined || stands(found, limits)) return found.outcome;
  const second = await table.put(item, { under: { equals: found.under } });
  return second.written || !second.found ? outcome : readItem(RenderItem, second.found).outcome;
};

const stands = ({ under }: RenderItem, limits: CageLimits | undefined): boolean =>
  under === undefined || limits === undefined || under === textOf(limits);

const breaksLimits = (outcome: RenderOutcome): boolean =>
  outcome.kind === "failed" && (outcome.code === "RenderKilled" || outcome.code === "LimitExceeded");

const textOf = ({ seconds, outputBytes }: CageLimits): string => `${seconds} s, ${outputBytes} bytes`;
