import { groupsOf } from "../state/groups.ts";
import { readRef, wantRef } from "../state/refs.ts";
import { lookedAt } from "./evaluate-groups.ts";
import type { FetchWorld } from "./ports.ts";
import type { Settled } from "./settle.ts";

/**
 * An Application that was evaluated for itself may have met another head than its ref was fetched at last: a push that was not told yet, or a host that
 * shows for a while what was before. Nobody could tell the two apart, and no poll sees what the ref's item does not say: so the ref is fetched anew.
 */
export const fetchDoubtful = async (settled: Settled, { table, pushes, clock }: FetchWorld): Promise<void> => {
  for (const [index, { repository }] of groupsOf(settled.application).entries()) {
    const { sha, ref } = lookedAt(settled, index) ?? {};
    if (sha === undefined || ref === undefined) continue;
    const { head, done } = await readRef(table, repository, ref);
    if (head === undefined || head === sha) continue;
    const push = { repository, ref, after: sha, deliveryId: `seen-${sha}-${done}`, at: clock.now() };
    if ((await wantRef(table, push)) === "recorded") await pushes.send([{ body: { v: 1, kind: "ref", repository, ref } }]);
  }
};
