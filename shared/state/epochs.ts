import * as z from "zod/mini";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Table } from "../ports/table.ts";
import { keys, readItem } from "./items.ts";

/**
 * How a table that was restored from a backup, or lost, is recognised. An epoch stands in the table and in the bucket; within it a mark rises every
 * few minutes, first in the table, then in the bucket. So the bucket is never ahead, unless the table went back. Marks in the bucket are empty
 * artifacts, which nobody can overwrite: what was ahead once is so for good.
 *
 * In a new epoch each Application waits until Git was read anew, is compared with its cluster before anything else, and prunes nothing until
 * the cluster was searched for all that is its own (see renewal.ts).
 */
const EpochItem = z.object({
  v: z.literal(1),
  epoch: z.number(),
  mark: z.number(),
  /** When the mark was raised, ms since 1970. */
  markedAt: z.number(),
  /** The Application that was renewed last; "" before the first. Absent when all were. */
  renewed: z.optional(z.string()),
});
export type Epoch = z.infer<typeof EpochItem>;

/** Milliseconds between two marks: less than the age of the youngest backup that one can go back to, five minutes. */
const markEvery = 120_000;

/** A mark that is older than this is not raised by the sweeper: it does not come. Where the clock is behind, nobody thinks so. */
const overdueAfter = 2 * markEvery;

export interface EpochWorld {
  readonly table: Table;
  readonly artifacts: Artifacts;
  readonly clock: Clock;
  readonly journal: Journal;
}

const markName = (epoch: number, mark: number): string => `epochs/${epoch}/${mark}`;

const nothing = new Uint8Array();

export const readEpoch = async (table: Table): Promise<Epoch | undefined> => {
  const item = await table.get(keys.epoch);
  return item && readItem(EpochItem, item);
};

/**
 * The epoch that it is: 1 until the table goes back for the first time. Whoever finds that it did begins the next one. Asked before anything is
 * applied, and before anything is deleted: one small read and two looks into the bucket.
 */
export const currentEpoch = async (world: EpochWorld): Promise<number> => {
  const known = await comparedWithBucket(world);
  // Whoever is about to write does it then: what is written after the last mark could be taken back unseen.
  if (known && world.clock.now() - known.markedAt >= overdueAfter) await raiseFrom(known, world);
  return known?.epoch ?? 1;
};

/** What stands in the table, when the bucket is not ahead of it; undefined where nobody has raised a mark yet. */
const comparedWithBucket = async (world: EpochWorld): Promise<Epoch | undefined> => {
  for (;;) {
    const known = await readEpoch(world.table);
    if (!(await isBehind(known, world.artifacts))) return known;
    const begun = await begin(known, world);
    if (begun !== undefined) return begun;
  }
};

const isBehind = async (known: Epoch | undefined, artifacts: Artifacts): Promise<boolean> => {
  if (!known) return artifacts.has(markName(1, 1));
  const { epoch, mark } = known;
  const ahead = await Promise.all([artifacts.has(markName(epoch, mark + 1)), artifacts.has(markName(epoch + 1, 1))]);
  return ahead.includes(true);
};

/** Undefined when somebody else was faster, or the mark rose while we looked. */
const begin = async (known: Epoch | undefined, { table, artifacts, clock, journal }: EpochWorld): Promise<Epoch | undefined> => {
  let epoch = (known?.epoch ?? 1) + 1;
  while (await artifacts.has(markName(epoch, 1))) epoch++;
  const unmoved = known ? { epoch: { equals: known.epoch }, mark: { equals: known.mark } } : { v: { absent: true as const } };
  const first = { v: 1 as const, epoch, mark: 1, markedAt: clock.now(), renewed: "" };
  const answer = await table.update(keys.epoch, { set: first }, unmoved);
  if (!answer.written) return undefined;
  await artifacts.put(markName(epoch, 1), nothing);
  journal.tell("table-restored", { epoch, lost: known === undefined });
  return first;
};

/**
 * Raises the mark when it is time, and only from what was compared with the bucket: in a table that went back a moment later, the next mark may be
 * one that the bucket has, and hide for good that it did. What an earlier call began and did not finish is finished first, due or not: the bucket has
 * no gaps, and is not behind for longer than until the next sweep.
 */
export const raiseMark = async (world: EpochWorld): Promise<Epoch> => {
  const { table, artifacts, clock } = world;
  const known = await comparedWithBucket(world);
  if (!known) {
    const first = { v: 1 as const, epoch: 1, mark: 1, markedAt: clock.now() };
    const answer = await table.put({ ...keys.epoch, ...first }, { v: { absent: true } });
    if (answer.written) await artifacts.put(markName(1, 1), nothing);
    return first;
  }
  await raiseFrom(known, world);
  return known;
};

const raiseFrom = async (known: Epoch, { table, artifacts, clock }: EpochWorld): Promise<void> => {
  const { epoch, mark } = known;
  const markedAt = clock.now();
  if (!(await artifacts.has(markName(epoch, mark)))) await artifacts.put(markName(epoch, mark), nothing);
  // The clocks of two machines may differ: it costs a mark more or less.
  if (Math.abs(markedAt - known.markedAt) < markEvery) return;
  const unmoved = { epoch: { equals: epoch }, mark: { equals: mark } };
  const answer = await table.update(keys.epoch, { set: { mark: mark + 1, markedAt } }, unmoved);
  if (answer.written) await artifacts.put(markName(epoch, mark + 1), nothing);
};

/** How far the renewal of Applications has come: the last one, or undefined when all are renewed. */
export const recordRenewed = async (table: Table, { epoch }: Epoch, renewed: string | undefined): Promise<void> => {
  const change = renewed === undefined ? { remove: ["renewed"] } : { set: { renewed } };
  await table.update(keys.epoch, change, { epoch: { equals: epoch } });
};
