import type { ApplicationEvent } from "../model/event.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import { readState } from "./application-state.ts";
import { writeEvent } from "./events.ts";
import { keys } from "./items.ts";
import type { NoticeMessage } from "./messages.ts";

interface Announcing {
  readonly table: Table;
  readonly notices: Queue<NoticeMessage>;
}

/**
 * Puts an event into history and lets people hear of it. Comes before the state that says it was told: whoever dies between the two tells it again,
 * and a notice that was sent is not sent twice. `fence`: of the writer. `quietly`: history only.
 *
 * No condition binds the event to the state: where the Application is being forgotten, or gone, the event is taken back and nobody hears of it.
 * Whoever begins to forget it later finds the event and deletes it with the rest.
 */
export const announce = async (
  { table, notices }: Announcing,
  event: ApplicationEvent,
  fence: number,
  { quietly = false }: { readonly quietly?: boolean } = {},
): Promise<void> => {
  const ids = await writeEvent(table, event, fence);
  if (await isForgotten(table, event)) {
    await table.delete(keys.event(event.application, ids.at(-1) ?? event.id), { fence: { equals: fence } });
    return;
  }
  if (!quietly) await notices.send(ids.map((id) => ({ body: { v: 1, application: event.application, event: id } })));
};

const isForgotten = async (table: Table, { application }: ApplicationEvent): Promise<boolean> => {
  const state = await readState(table, application);
  return state === undefined || state.forgetting === true;
};
