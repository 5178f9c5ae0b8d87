import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";

/** Whoever comes back after it lost its lease must not give back that of its successor. */
export const watchLeases = (report: Report): Observer => ({
  tableWritten: (before, after, _text, writer) => {
    if (writer === undefined || after?.sk !== "state" || typeof before?.owner !== "string" || after.owner !== undefined) return;
    if (!writer.owners.has(before.owner))
      report("a lease is given back by its holder", `${writer.invocation.id} gave back that of ${after.pk}, which ${before.owner} held`);
  },
});
