import { Failure } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { Condition, Item, Table } from "../ports/table.ts";
import type { ApplicationState } from "./application-state.ts";
import { StateItem } from "./application-state.ts";
import { replacing } from "./change.ts";
import { standsAt } from "./counter.ts";
import { readItem } from "./items.ts";
import { makeMove } from "./transitions.ts";

/**
 * One writer per Application, without comparing clocks. The state item holds owner, fence and beat. A contender takes over only what it saw
 * unchanged for a whole lease time, measured by the delay of its own message. All times in milliseconds.
 */
export const leaseTimes = {
  length: 60_000,
  beatEvery: 15_000,
  /** What a request may take that was begun in time. */
  margin: 30_000,
  /** A holder whose last beat is older than this begins nothing more: what it began until then has ended when another may take over. */
  borne: 30_000,
} as const;

export interface Lease {
  readonly application: string;
  readonly owner: string;
  readonly fence: number;
  /** The state as it was acquired. */
  readonly read: ApplicationState;
  /**
   * Beats when one is due. Throws LeaseLost when the lease is somebody else's, and TableUnavailable when beats fail for so long that nobody knows.
   * Called before every request to a cluster.
   */
  keep(): Promise<void>;
  /** Beats at once. Throws as `keep`. */
  prove(): Promise<void>;
}

export type Acquired =
  | { readonly state: "ours"; readonly lease: Lease; readonly read: ApplicationState }
  | { readonly state: "held"; readonly saw: { readonly fence: number; readonly beat: number } }
  | { readonly state: "gone" };

export interface LeaseRequest {
  readonly application: string;
  /** A new random name per invocation. */
  readonly owner: string;
  /** What the contender saw a lease time ago; taken over when it still stands. */
  readonly saw?: { readonly fence: number; readonly beat: number } | undefined;
  /** Milliseconds of this process, as `SteadyClock.elapsed`. */
  readonly elapsed: () => number;
}

/** `before` is the state just read; the write is conditional on it, so two contenders cannot both win. */
export const acquireLease = async (table: Table, request: LeaseRequest, before: ApplicationState): Promise<Acquired> => {
  if (before.owner !== undefined && (before.fence !== request.saw?.fence || before.beat !== request.saw.beat)) {
    return { state: "held", saw: { fence: before.fence, beat: before.beat } };
  }
  const unchanged = { fence: { equals: before.fence }, beat: { equals: before.beat } } as const;
  const never = { fence: { absent: true } } as const;
  const askedAt = request.elapsed();
  const answer = await makeMove(table, {
    application: request.application,
    move: "acquire",
    by: "holder",
    from: before,
    change: { add: { fence: 1, beat: 1 }, set: { owner: request.owner } },
    condition: {
      v: { present: true },
      ...(before.fence === 0 ? never : unchanged),
      ...(before.owner === undefined ? { owner: { absent: true } as const } : { owner: { equals: before.owner } }),
    },
  });
  const stands = answer.written ? answer.item : answer.found;
  // It was written and the answer was lost: the table's client asked again, and found what it had written.
  if (!stands || (!answer.written && stands.owner !== request.owner)) return lost(stands);
  const read = readItem(StateItem, stands);
  return { state: "ours", lease: holdLease(table, request, read, askedAt), read };
};

const lost = (found: Item | undefined): Acquired => {
  if (!found) return { state: "gone" };
  const { fence, beat } = readItem(StateItem, found);
  return { state: "held", saw: { fence, beat } };
};

/** `acquiredAt`: when the write began; others count from when it came to be. */
const holdLease = (table: Table, request: LeaseRequest, read: ApplicationState, acquiredAt: number): Lease => {
  let beatenAt = acquiredAt;
  let beating: Promise<void> | undefined;
  const beat = async (): Promise<void> => {
    const at = request.elapsed();
    const answer = await makeMove(table, {
      application: request.application,
      move: "beat",
      by: "holder",
      from: read,
      change: { add: { beat: 1 } },
      condition: held(request.owner, read.fence),
    });
    if (!answer.written) throw leaseLost(request.application);
    beatenAt = at;
  };
  return {
    application: request.application,
    owner: request.owner,
    fence: read.fence,
    read,
    prove: beat,
    keep: async () => {
      if (request.elapsed() - beatenAt < leaseTimes.beatEvery) return;
      // Many requests side by side ask for it: one beat serves all of them.
      beating ??= beat().finally(() => {
        beating = undefined;
      });
      try {
        await beating;
      } catch (error) {
        // One that is throttled is not lost yet: the next one tells.
        if (!isTableTrouble(error) || request.elapsed() - beatenAt >= leaseTimes.borne) throw error;
      }
    },
  };
};

const isTableTrouble = (error: unknown): boolean => error instanceof Failure && error.code === "TableUnavailable";

const held = (owner: string, fence: number) => ({ owner: { equals: owner }, fence: { equals: fence } }) as const;

export const leaseLost = (application: string) =>
  new Failure("LeaseLost", application, `another worker took over ${application}; this one stops without writing`);

/** What a wish brings with it: it stays when the wish came while an earlier one was being served. */
const wishes: ReadonlySet<string> = new Set([
  "requested",
  "terminate",
  "drifted",
  "driftedAt",
  "undrifted",
  "approval",
  "dueAt",
  "dueShard",
]);

export interface LeaseOutcome {
  /** What is undefined here is gone afterwards. */
  readonly set: Readonly<Record<string, Json | undefined>>;
  readonly remove?: readonly string[];
  /** Wishes that are served whatever came after them. */
  readonly served?: readonly string[];
}

/**
 * Records the outcome and gives the lease back in one write. `generation` is the desired one that was served. The answer is the item as it then
 * stands: when its desired generation is beyond that, a wish came meanwhile, nothing of it was touched, and the caller sends the next hint.
 */
export const releaseLease = async (table: Table, lease: Lease, outcome: LeaseOutcome, generation: number): Promise<ApplicationState> => {
  const ours = held(lease.owner, lease.fence);
  const releasing = { application: lease.application, move: "release", by: "holder" } as const;
  const { set, remove } = replacing(outcome.set, ["owner", ...(outcome.remove ?? [])]);
  const unmoved: Condition = { ...ours, desiredGeneration: standsAt(generation) };
  const from = lease.read;
  // A wish that was there before it began is not what it served: nothing of it is touched either.
  if (from.desiredGeneration === generation) {
    const first = await makeMove(table, { ...releasing, from, change: { set, remove }, condition: unmoved });
    if (first.written) return readItem(StateItem, first.item);
  }
  const rest = {
    set: Object.fromEntries(Object.entries(set).filter(([name]) => !wishes.has(name))),
    remove: remove.filter((name) => !wishes.has(name) || outcome.served?.includes(name)),
  };
  const second = await makeMove(table, { ...releasing, change: rest, condition: ours });
  if (second.written) return readItem(StateItem, second.item);
  // Only its holder gives a lease back: it was written and the answer was lost.
  if (second.found && second.found.owner === undefined && second.found.fence === lease.fence) return readItem(StateItem, second.found);
  throw leaseLost(lease.application);
};
