import { readWatch, takeWatch, type WatchProgress, watchTimes } from "../../state/watches.ts";
import type { WatchWorld } from "./ports.ts";

const step = 1_000;
/** A holder that is alive leaves in this time: the schedule wakes the next one shortly before. */
const waitsAtMost = 45_000;

/** Waits for the holder to leave, or to be seen dead. Answers where it got to; undefined: somebody else holds the place. */
export const takePlace = async (cluster: string, owner: string, { table, pause }: WatchWorld): Promise<WatchProgress | undefined> => {
  let seen = await readWatch(table, cluster);
  let unmoved = 0;
  for (let waited = 0; waited <= waitsAtMost; waited += step) {
    if (seen?.owner === undefined || unmoved >= watchTimes.patience) {
      const progress = await takeWatch(table, cluster, owner, seen);
      if (progress) return progress;
    }
    await pause(step);
    const now = await readWatch(table, cluster);
    unmoved = now?.beat === seen?.beat && now?.owner === seen?.owner ? unmoved + step : 0;
    seen = now;
  }
  return undefined;
};
