import type { Installation } from "./schema.ts";

/** Seconds between the events of the schedule. Polls come as often as the most impatient connection asks; the others' repositories are left out then. */
export const scheduleOf = ({ intervals, connections }: Installation) => ({
  sweep: intervals.sweepSeconds,
  poll: Math.min(intervals.pollSeconds, ...connections.flatMap(({ pollSeconds }) => pollSeconds ?? [])),
  drift: intervals.driftSeconds,
});
