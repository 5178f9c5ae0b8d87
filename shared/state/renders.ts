import * as z from "zod/mini";
import type { Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";

/** What an input renders to; the first of two racing renders wins. A terminal failure is an outcome too: the same broken input is not rendered again. */
const RenderItem = z.object({
  v: z.literal(1),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("rendered"), output: z.string(), objects: z.number() }),
    z.object({ kind: z.literal("failed"), code: z.string(), subject: z.string(), message: z.string() }),
  ]),
});
export type RenderOutcome = z.infer<typeof RenderItem>["outcome"];

export const readRender = async (table: Table, input: string): Promise<RenderOutcome | undefined> => {
  const item = await table.get(keys.render(input));
  return item ? readItem(RenderItem, item).outcome : undefined;
};

/** How often a render of this input was ended for time or memory, this time included. */
export const countKilled = async (table: Table, input: string): Promise<number> => {
  const answer = await table.update(keys.killed(input), { add: { times: 1 }, set: { v: 1 } });
  return answer.written ? Number(answer.item.times) : 1;
};

/** Answers with the outcome that stands: this one, or the one that was there before. */
export const recordRender = async (table: Table, input: string, outcome: RenderOutcome): Promise<RenderOutcome> => {
  const answer = await table.put({ ...keys.render(input), v: 1, outcome }, { v: { absent: true } });
  if (answer.written || !answer.found) return outcome;
  return readItem(RenderItem, answer.found).outcome;
};
