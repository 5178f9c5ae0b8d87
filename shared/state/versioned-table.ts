import { Failure } from "../model/failure.ts";
import type { Change, Condition, Item, Key, Table, Test, WriteResult } from "../ports/table.ts";
import { itemVersions, versionsOf } from "./items.ts";
import { itemNewer, liftOf } from "./versions.ts";

/** Older writers may come between as often as this before a write is given back to the queue. */
const attempts = 5;

/**
 * The same table, where every write is bound to the version of the item that it is made for. Old and new releases may run side by side, in either
 * order: what a newer one wrote is never overwritten (ItemNewer), what an older one wrote is lifted in place, item by item, before the write.
 */
export const versionedTable = (table: Table, kinds = itemVersions): Table => {
  /** Makes a write for today's version; an older item is lifted first, where it stands. */
  const write = async (key: Key, condition: Condition, make: (bound: Condition) => Promise<WriteResult>): Promise<WriteResult> => {
    const { now } = versionsOf(key, kinds);
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const answer = await make({ ...condition, v: boundTo(condition.v, now) });
      if (answer.written || answer.found === undefined || answer.found.v === now) return answer;
      if (answer.found.v > now) throw itemNewer(answer.found, now);
      if (condition.v !== undefined && "absent" in condition.v) return answer;
      await lift(answer.found);
    }
    const where = `${key.pk}/${key.sk}`;
    throw new Failure("TableUnavailable", where, `item ${where} is being changed by an older release; it is tried again`);
  };

  const lift = async (found: Item): Promise<void> => {
    const change = liftOf(found, found.v, versionsOf(found, kinds));
    const where = `${found.pk}/${found.sk}`;
    if (!change) throw new Failure("ItemUnreadable", where, `nothing says how item ${where} of version ${found.v} is read`);
    await table.update({ pk: found.pk, sk: found.sk }, change, exactly(found));
  };

  return {
    ...table,
    put: (item, condition = {}) => {
      checkVersion(item, item.v, kinds);
      return write(item, condition, (bound) => table.put(item, bound));
    },
    update: (key, change, condition = {}) => {
      checkVersion(key, versionIn(change), kinds);
      return write(key, condition, (bound) => table.update(key, change, bound));
    },
    delete: (key, condition = {}) => write(key, condition, (bound) => table.delete(key, bound)),
  };
};

const boundTo = (test: Test | undefined, now: number): Test => {
  if (test === undefined) return { absentOr: now };
  return "present" in test ? { equals: now } : test;
};

/** Lists and objects cannot be compared; whoever changes one changes a counter or a time as well. */
const exactly = ({ pk, sk, ...fields }: Item): Condition =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? [[name, { equals: value }]] : [],
    ),
  );

const versionIn = ({ set }: Change): number | undefined => (typeof set?.v === "number" ? set.v : undefined);

/** A slip of ours: a kind got a new version, and one of its writers was forgotten. */
const checkVersion = (key: Key, v: number | undefined, kinds: typeof itemVersions): void => {
  const { now } = versionsOf(key, kinds);
  if (v !== undefined && v !== now) throw new Error(`item ${key.pk}/${key.sk} is written as version ${v}, and its kind is at ${now}`);
};
