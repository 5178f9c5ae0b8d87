import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";
import type { World } from "../world.ts";

/** A holder that was heard of within this time is at work; ms of virtual time, which no function's clock tells. Less than the lease time. */
const alive = 55_000;

/** Who has a lease keeps it while it beats, and only who has it gives it back. */
export const watchLeases = (report: Report, world: () => World): Observer => {
  const heard = new Map<string, number>();
  return {
    tableWritten: (before, after, _text, writer) => {
      if (after?.sk !== "state") return;
      const now = world().timeline.now();
      const { pk } = after;
      if (writer !== undefined && typeof before?.owner === "string" && !writer.owners.has(before.owner)) {
        const who = `${writer.invocation.id} of ${pk}, which ${before.owner} held`;
        const silence = now - (heard.get(pk) ?? 0);
        if (after.owner === undefined) report("a lease is given back by its holder", `by ${who}`);
        else if (after.owner !== before.owner && silence < alive)
          report("a lease is taken from the silent only", `by ${who}, heard of ${Math.round(silence)} ms before`);
      }
      if (after.owner !== before?.owner || after.beat !== before?.beat) heard.set(pk, now);
    },
  };
};
