import * as z from "zod/mini";
import { digestOfJson } from "../model/digest.ts";
import { Failure } from "../model/failure.ts";
import type { SelectedResource, Selection, StoredSelection, SyncRequest } from "../model/sync-request.ts";
import type { Key, Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";
import { SelectedResourceItem } from "./sync-requests.ts";

/**
 * Objects that a sync was asked for, where they are many: state and operation are written at every step, and a write bills all of an item. They
 * stand in items of their own, written before the request that names them. Whoever cannot find them fails: a selection is never everything.
 */
const SelectionItem = z.object({ v: z.literal(1), at: z.number(), resources: z.array(SelectedResourceItem) });

/** Up to this many characters of JSON stand in the request itself. */
const inRequest = 1_000;

/** DynamoDB's items end at 400 kB, and a character may have three bytes. */
const inPart = 120_000;

/** Operations do not last as long. Whoever asks for another selection clears away what nobody answered. Milliseconds. */
const outlived = 30 * 86_400_000;

/** The request as it may stand in the state. `at`: ms since 1970, a part of the selection's name. */
export const withStoredSelection = async (table: Table, application: string, request: SyncRequest, at: number): Promise<SyncRequest> => {
  const { resources } = request;
  if (resources === undefined || "stored" in resources || JSON.stringify(resources).length <= inRequest) return request;
  await clearOutlived(table, application, at);
  const parts = partsOf(resources);
  const stored = { stored: digestOfJson(JSON.parse(JSON.stringify([at, resources]))), parts: parts.length };
  const selected = keysOf(application, stored);
  await Promise.all(selected.map((key, part) => table.put({ ...key, v: 1, at, resources: JSON.parse(JSON.stringify(parts[part])) })));
  return { ...request, resources: stored };
};

/**
 * The objects that a request names; undefined where it is about all.
 * @throws Failure ArtifactMissing when they are not there any more: nothing may be done then
 */
export const readSelection = async (
  table: Table,
  application: string,
  selection: Selection | undefined,
): Promise<readonly SelectedResource[] | undefined> => {
  if (selection === undefined || !("stored" in selection)) return selection;
  const items = await table.getMany(keysOf(application, selection));
  if (items.length === selection.parts && items.length > 0)
    return items.flatMap((item) => readItem(SelectionItem, item).resources satisfies readonly SelectedResource[]);
  throw new Failure(
    "ArtifactMissing",
    application,
    `the objects that a sync of ${application} was asked for (selection ${selection.stored.slice(0, 12)}) are not in the table any more, and nothing was synced; ask for them again`,
  );
};

/** Once the request is answered. */
export const forgetSelection = async (table: Table, application: string, selection: Selection | undefined): Promise<void> => {
  if (selection === undefined || !("stored" in selection)) return;
  await Promise.all(keysOf(application, selection).map((key) => table.delete(key)));
};

const keysOf = (application: string, { stored, parts }: StoredSelection): readonly Key[] =>
  Array.from({ length: parts }, (_, part) => keys.selection(application, stored, part));

const partsOf = (resources: readonly SelectedResource[]): readonly (readonly SelectedResource[])[] => {
  const parts: SelectedResource[][] = [];
  let room = 0;
  for (const resource of resources) {
    const size = JSON.stringify(resource).length + 1;
    if (size > room) {
      parts.push([]);
      room = inPart;
    }
    parts.at(-1)?.push(resource);
    room -= size;
  }
  return parts;
};

const clearOutlived = async (table: Table, application: string, now: number): Promise<void> => {
  const { pk, sk } = keys.selection(application, "", 0);
  const { items } = await table.query({ pk, prefix: sk.slice(0, sk.indexOf("#") + 1) });
  const old = items.filter(({ at }) => typeof at !== "number" || at < now - outlived);
  await Promise.all(old.map((item) => table.delete({ pk, sk: item.sk })));
};
