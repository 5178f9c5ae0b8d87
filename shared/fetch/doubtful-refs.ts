import { admitReach, groupsOf } from "../state/groups.ts";
import { isUnreadable, throwIt, type Unreadable } from "../state/items.ts";
import { type RefState, readRef, wantRef } from "../state/refs.ts";
import type { FetchWorld } from "./ports.ts";
import { lookedAt, type Settled } from "./settle.ts";

/** A ref that the caller answers for itself; `head` is where it saw it. */
export interface Own {
  readonly repository: string;
  readonly ref: string;
  readonly head?: string | undefined;
}

/** What an Application met of its refs, each once per source. */
const metBy = (settled: readonly Settled[]) =>
  settled
    .filter(({ answer }) => answer !== "overtaken")
    .flatMap((each) =>
      groupsOf(each.application).flatMap((group, index) => {
        const looked = lookedAt(each, index);
        if (looked?.ref === undefined) return [];
        return [{ group, application: each.application.name, looked, repository: group.repository, ref: looked.ref, sha: looked.sha }];
      }),
    );

const isOf = (own: Own | undefined, { repository, ref }: Own): boolean => repository === own?.repository && ref === own.ref;

/** The host showed one head to the caller and another one to an Application: what was evaluated is not what the caller would call done. */
export const metAnotherHead = (settled: readonly Settled[], own: Own | undefined): boolean =>
  own?.head !== undefined && metBy(settled).some((met) => isOf(own, met) && met.sha !== own.head);

/**
 * An Application may have met another head of a ref than that was fetched at last: a push that was not told yet, or a host that shows for a while
 * what was before. Nobody could tell the two apart, and no poll sees what the ref's item does not say: so the ref is fetched anew. Where an item of that ref
 * cannot be read, the Applications that met it are told to `unreadable`.
 */
export const fetchDoubtful = async (
  settled: readonly Settled[],
  world: FetchWorld,
  own?: Own,
  unreadable: Unreadable = throwIt,
): Promise<void> => {
  const met = metBy(settled).filter((each) => !isOf(own, each));
  const byHead = Map.groupBy(met, ({ repository, ref, sha }) => `${repository} ${ref} ${sha}`);
  for (const all of byHead.values()) {
    try {
      await compareHead(all, world);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      for (const { application } of all) unreadable(application, error);
    }
  }
};

const compareHead = async (all: ReturnType<typeof metBy>, world: FetchWorld): Promise<void> => {
  const [first] = all;
  if (first === undefined) return;
  const known = await readRef(world.table, first.repository, first.ref);
  const head = known.head ?? underWay(known);
  if (head === undefined || head === first.sha) return;
  // Or its group would be passed over at the head that it was evaluated at before.
  for (const { group, application, looked } of all) await admitReach(world.table, group, application, looked);
  await fetchAnew(first, known, world);
};

const isOpen = ({ wanted, done }: RefState): boolean => wanted > done;

/** What the first push of a ref says, such as the first after a restore: whoever fetches it may have looked at the groups before. */
const underWay = (known: RefState): string | undefined => (isOpen(known) ? known.after : undefined);

interface Met extends Own {
  readonly sha: string;
}

/** A push that is still open says more of what the host must show than what was met: that may be from before it. */
const fetchAnew = async ({ repository, ref, sha }: Met, known: RefState, { table, pushes, clock }: FetchWorld): Promise<void> => {
  const { before, after = sha, pusher }: Partial<RefState> = isOpen(known) ? known : {};
  const push = { repository, ref, before, after, pusher, deliveryId: `seen-${sha}-${known.done}`, at: clock.now() };
  if ((await wantRef(table, push)) === "recorded") await pushes.send([{ body: { v: 1, kind: "ref", repository, ref }, group: repository }]);
};
