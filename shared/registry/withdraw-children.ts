import { removalOf } from "../argocd/removal.ts";
import type { Clock } from "../ports/clock.ts";
import type { Queue } from "../ports/queue.ts";
import type { Table } from "../ports/table.ts";
import { readStates } from "../state/application-state.ts";
import { readApplications, withdrawApplication } from "../state/applications.ts";
import { childrenOf } from "../state/listed-applications.ts";
import type { SyncMessage } from "../state/messages.ts";

/**
 * An Application that is deleted with its objects takes its child Applications with it: each goes by its own finalizer, as in Argo CD.
 * Returns how many are still there; ask again until there are none, then the parent may be forgotten.
 */
export const withdrawChildren = async (
  parent: string,
  { table, clock, syncs }: { readonly table: Table; readonly clock: Clock; readonly syncs: Queue<SyncMessage> },
): Promise<number> => {
  const names = await childrenOf(table, parent);
  const [children, states] = await Promise.all([readApplications(table, names), readStates(table, names)]);
  const staying = children.filter(({ name }) => states.get(name)?.removal === undefined);
  for (const child of staying) await withdrawApplication(table, child.name, removalOf(child), clock.now());
  await syncs.send(staying.map(({ name, project }) => ({ body: { v: 1, application: name }, group: project })));
  return children.length;
};
