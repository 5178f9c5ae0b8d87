import type { Condition, WriteResult } from "../ports/table.ts";
import { type Lease, leaseLost } from "./leases.ts";

/** What of a lease a write is bound to. */
export type Fence = Pick<Lease, "application" | "fence">;

/**
 * Writes what only the holder of a lease may, in one conditional write: a worker that slept through its lease does not undo what the next one has
 * written since. `fence` goes into the item. Fences never begin anew: what forgetting leaves of such an item is the forgetter's fence, and an
 * Application that is declared by the same name later begins above it. Throws LeaseLost.
 */
export const writeFenced = async (lease: Fence, write: (condition: Condition) => Promise<WriteResult>): Promise<void> => {
  const answer = await write({ fence: { absentOrAtMost: lease.fence } });
  if (!answer.written) throw leaseLost(lease.application);
};
