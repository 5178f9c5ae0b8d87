import * as z from "zod/mini";
import type { Clock } from "../ports/clock.ts";
import type { Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";
import { itemsOf } from "./pages.ts";
import { smallReason } from "./small.ts";

/** Why a message failed the last time that it was received. Written for those only that go to the dead-letter queue. */
const LastFailureItem = z.object({
  v: z.literal(1),
  sk: z.string(),
  code: z.string(),
  reason: z.string(),
  /** ms since 1970 */
  at: z.number(),
});
export type LastFailure = Pick<z.infer<typeof LastFailureItem>, "code" | "reason" | "at">;

/** Keeps it for whoever looks at the dead letter. */
export const rememberFailure =
  (table: Table, clock: Clock) =>
  async (message: string, { code, reason }: Omit<LastFailure, "at">): Promise<void> => {
    await table.put({ ...keys.lastFailure(message), v: 1, code, reason: smallReason(reason), at: clock.now() });
  };

/** By message id. Of a message whose function died of it, or ran out of time, nothing is known. */
export const readLastFailures = async (table: Table, messages: readonly string[]): Promise<ReadonlyMap<string, LastFailure>> => {
  const items = await table.getMany(messages.map(keys.lastFailure));
  return new Map(items.map((item) => readItem(LastFailureItem, item)).map(({ sk, code, reason, at }) => [sk, { code, reason, at }]));
};

export const forgetFailures = async (table: Table, messages: readonly string[]): Promise<void> => {
  await Promise.all(messages.map((message) => table.delete(keys.lastFailure(message))));
};

/** Those of letters that SQS has thrown away meanwhile. `before`: ms since 1970. */
export const forgetOldFailures = async (table: Table, before: number): Promise<void> => {
  const old: string[] = [];
  for await (const item of itemsOf(table, { pk: keys.lastFailure("").pk })) {
    const { sk, at } = readItem(LastFailureItem, item);
    if (at < before) old.push(sk);
  }
  await forgetFailures(table, old);
};
