import type { ApplicationEvent } from "../model/event.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import { retractFromForgotten, writeEvent } from "./events.ts";
import type { NoticeMessage } from "./messages.ts";

interface Announcing {
  readonly table: Table;
  readonly notices: Queue<NoticeMessage>;
}

/**
 * Puts an event into history and lets people hear of it. Comes before the state that says it was told: whoever dies between the two tells it again,
 * and a notice that was sent is not sent twice. Of an Application that is forgotten by then nobody hears anything. `fence`: of the writer.
 * `quietly`: history only.
 */
export const announce = async (
  { table, notices }: Announcing,
  event: ApplicationEvent,
  fence: number,
  { quietly = false }: { readonly quietly?: boolean } = {},
): Promise<void> => {
  const ids = await writeEvent(table, event, fence);
  if (await retractFromForgotten(table, { ...event, id: ids.at(-1) ?? event.id }, fence)) return;
  if (!quietly) await notices.send(ids.map((id) => ({ body: { v: 1, application: event.application, event: id }, group: event.project })));
};
