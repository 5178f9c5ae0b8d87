import type { Condition, Item, Key, Table, WriteResult } from "../../../shared/ports/table.ts";
import { versionsOf } from "../../../shared/state/items.ts";
import { versionedTable } from "../../../shared/state/versioned-table.ts";
import type { Versions } from "../../../shared/state/versions.ts";
import { holds } from "../../fakes/holds.ts";
import type { TimedFault } from "../faults.ts";
import type { Invocation } from "../gate.ts";
import type { Random } from "../random.ts";
import { startOfTime } from "../timeline.ts";

/** Kinds of items of which a release to come may change the layout. */
export const changedItems = [
  "app/state",
  "app/state",
  "app/spec",
  "app/inventory",
  "app/operation",
  "app/event",
  "repo/ref",
  "repo/group",
  "cluster/slots",
  "cluster/watch",
] as const;

type Releases = Extract<TimedFault, { kind: "releases" }>;

/** Two releases of our own code over one table. */
export interface TwoReleases {
  /** The table as the release of an invocation sees it; the table's own operations happen at once. */
  seenBy(invocation: Invocation, table: Table): Table;
  /** What binds the writes of an invocation to versions, as every function has it. */
  bound(invocation: Invocation, table: Table): Table;
}

interface ReleasesWorld {
  /** The old release has met what the newer one wrote. */
  readonly met: () => void;
  /** It wrote over it. */
  readonly overwritten: (key: Key) => void;
}

/**
 * Only what the old release sees of the newer one is simulated: an item that the newer one wrote last is of version 2 to it. The newer one has the
 * same code, and knows both.
 */
export const twoReleases = (fault: Releases | undefined, random: Random, world: ReleasesWorld): TwoReleases => {
  if (fault === undefined) return { seenBy: (_, table) => table, bound: (_, table) => table };
  const kinds: Readonly<Record<string, Versions>> = { [fault.items]: { now: 2, lifts: {} } };
  const isChanged = (key: Key): boolean => versionsOf(key, kinds).now === 2;
  const lifted = new Set<string>();
  const newer = new Map<Invocation, boolean>();

  const isNewer = (invocation: Invocation): boolean => {
    const known = newer.get(invocation);
    if (known !== undefined) return known;
    const since = invocation.begunAt - startOfTime - fault.from;
    const isBack = fault.back && since >= fault.lasts / 2;
    const drawn = since >= fault.lasts || (since >= 0 && !isBack && random.chance(0.5));
    newer.set(invocation, drawn);
    return drawn;
  };

  const byNewer = (table: Table): Table => {
    const lifting = async (key: Key, write: Promise<WriteResult>): Promise<WriteResult> => {
      const answer = await write;
      if (answer.written && isChanged(key)) lifted.add(nameOf(key));
      return answer;
    };
    return {
      ...table,
      put: (item, condition) => lifting(item, table.put(item, condition)),
      update: (key, change, condition) => lifting(key, table.update(key, change, condition)),
      delete: async (key, condition) => {
        const answer = await table.delete(key, condition);
        if (answer.written) lifted.delete(nameOf(key));
        return answer;
      },
    };
  };

  const byOlder = (table: Table): Table => {
    const shown = (item: Item): Item => {
      if (!lifted.has(nameOf(item))) return item;
      world.met();
      return { ...item, v: 2 };
    };
    const judged = async (key: Key, condition: Condition | undefined, write: () => Promise<WriteResult>): Promise<WriteResult> => {
      const found = lifted.has(nameOf(key)) ? await table.get(key) : undefined;
      if (found && condition?.v && !holds(condition.v, 2)) return { written: false, found: shown(found) };
      const answer = await write();
      if (answer.written && lifted.delete(nameOf(key)) && found) world.overwritten(key);
      return answer;
    };
    return {
      ...table,
      get: async (key) => {
        const found = await table.get(key);
        return found && shown(found);
      },
      getMany: async (keys) => (await table.getMany(keys)).map(shown),
      query: async (query) => {
        const page = await table.query(query);
        return { ...page, items: page.items.map(shown) };
      },
      put: (item, condition) => judged(item, condition, () => table.put(item, condition)),
      update: (key, change, condition) => judged(key, condition, () => table.update(key, change, condition)),
      delete: (key, condition) => judged(key, condition, () => table.delete(key, condition)),
    };
  };

  return {
    seenBy: (invocation, table) => (isNewer(invocation) ? byNewer(table) : byOlder(table)),
    bound: (invocation, table) => (isNewer(invocation) ? table : versionedTable(table)),
  };
};

const nameOf = ({ pk, sk }: Key): string => `${pk}/${sk}`;
