import type { Condition, WriteResult } from "../ports/table.ts";
import type { Lease } from "./leases.ts";

/** What of a lease a write is bound to. */
export type Fence = Pick<Lease, "application" | "fence" | "prove">;

/**
 * Writes what only the holder of a lease may: a worker that slept through its lease does not undo what the next one has written since. `fence` goes
 * into the item. One of a higher fence may also be left by an Application of the same name that is gone: then our lease still stands, and it goes.
 * Throws LeaseLost.
 */
export const writeFenced = async (lease: Fence, write: (condition?: Condition) => Promise<WriteResult>): Promise<void> => {
  const first: Condition = { fence: { absent: true } };
  const later: Condition = { fence: { below: lease.fence + 1 } };
  // Which is likelier is tried first: a write that fails is paid for, too.
  if ((await write(lease.fence === 1 ? first : later)).written) return;
  // Nothing there, or nothing with a fence: of an Application that is gone meanwhile, nothing may come back.
  if (lease.fence !== 1) await lease.prove();
  if ((await write(lease.fence === 1 ? later : first)).written) return;
  await lease.prove();
  await write();
};
