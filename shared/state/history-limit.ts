import type { ApplicationEvent } from "../model/event.ts";
import { sideBySide } from "../model/side-by-side.ts";
import type { Item, Key, Table } from "../ports/table.ts";
import { readApplication } from "./applications.ts";
import { eventOfItem } from "./events.ts";
import { itemsOf } from "./pages.ts";

/** History is looked through once in so many events, so that keeping it short costs next to nothing. */
const every = 16;

/** Events other than syncs, such as failures and drift, that are kept. */
const othersKept = 50;

/** Younger ones may not have been told yet: notify leaves older news out, unless it is the newest. ms. */
const untouchable = 60 * 60_000;

const deletesAtOnce = 8;

/**
 * Keeps an Application's history within its `revisionHistoryLimit`: so many syncs, the newest ones, and beside them the newest of whatever
 * else happened. `event` is one that was told; with most nothing is done. Artifacts stay: their names say the content, and others may refer to it.
 */
export const keepHistoryShort = async (
  table: Table,
  { application: name, event }: { readonly application: string; readonly event: string },
  now: number,
): Promise<void> => {
  // NaN for what is under way: no entry of history.
  if (Number(event) % every !== 0) return;
  const application = await readApplication(table, name);
  if (!application) return;
  const items = await Array.fromAsync(itemsOf(table, { pk: `app#${name}`, prefix: "event#", descending: true }));
  const entries = items.map((item) => ({ item, event: eventOfItem(item) }));
  const kept = keptEvents(
    entries.map((entry) => entry.event),
    application.revisionHistoryLimit,
    now,
  );
  const gone = entries.filter((entry) => !kept.has(entry.event)).map(({ item }) => item);
  if (gone.length === 0) return;
  await deleteAll(table, [...gone, ...(await noticesOf(table, name, [...kept]))]);
};

/** `all`: newest first. The newest always stays, and so does the newest entry of history while an operation is under way after it. */
const keptEvents = (all: readonly ApplicationEvent[], limit: number, now: number): ReadonlySet<ApplicationEvent> => {
  const events = all.filter(({ kind }) => kind !== "running");
  const syncs = events.filter(({ kind }) => kind === "synced");
  const others = events.filter(({ kind }) => kind !== "synced");
  const young = all.filter(({ at }) => now - Date.parse(at) < untouchable);
  return new Set([...all.slice(0, 1), ...events.slice(0, 1), ...syncs.slice(0, limit), ...others.slice(0, othersKept), ...young]);
};

/** What was told of operations that history has no event of any more. One that is newer than all we read is somebody's at this moment. */
const noticesOf = async (table: Table, name: string, kept: readonly ApplicationEvent[]): Promise<readonly Item[]> => {
  const operations = new Set(kept.map(operationOf));
  const newest = Math.max(...kept.map((event) => Number(operationOf(event))));
  const notices = await Array.fromAsync(itemsOf(table, { pk: `app#${name}`, prefix: "notice#" }));
  return notices.filter(({ sk }) => {
    const operation = sk.slice(sk.lastIndexOf("#") + 1);
    return !operations.has(operation) && Number(operation) < newest;
  });
};

const operationOf = ({ operation, id }: ApplicationEvent): string => operation ?? id;

const deleteAll = async (table: Table, keys: readonly Key[]): Promise<void> => {
  await sideBySide(keys, deletesAtOnce, ({ pk, sk }) => table.delete({ pk, sk }));
};
