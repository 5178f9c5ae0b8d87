import type { Report } from "../invariant.ts";
import type { Observer } from "../observation.ts";
import type { World } from "../world.ts";
import { watchHistory } from "./history.ts";
import { watchLeases } from "./leases.ts";
import { type LeftBehind, watchLeftBehind } from "./left-behind.ts";
import { watchRecords } from "./records.ts";
import { watchReleases } from "./releases.ts";
import { watchRestored } from "./restored.ts";
import { watchSpins } from "./spins.ts";
import { type Tellings, watchTellings } from "./tellings.ts";
import { watchTurns } from "./turns.ts";
import { watchWriters } from "./writers.ts";

export interface Watch {
  readonly observers: readonly Observer[];
  readonly tellings: Tellings;
  readonly leftBehind: LeftBehind;
  /** Virtual time of the last change that a function made in a cluster. */
  lastChange(): number;
  /** Of the last change that anybody made. */
  anyChange(): number;
}

/** What is looked at in every step. */
export const watchAll = (report: Report, world: () => World): Watch => {
  let [last, any] = [0, 0];
  const changes: Observer = {
    clusterChanged: (_cluster, _after, _before, writer) => {
      any = world().timeline.now();
      if (writer) last = any;
    },
  };
  const tellings = watchTellings(world);
  const leftBehind = watchLeftBehind();
  return {
    observers: [
      changes,
      tellings,
      leftBehind,
      watchRecords(report, world),
      watchReleases(report),
      watchRestored(report, world),
      watchHistory(report, world),
      watchLeases(report, world),
      watchSpins(report, world),
      watchTurns(report, world),
      watchWriters(report, world),
    ],
    tellings,
    leftBehind,
    lastChange: () => last,
    anyChange: () => any,
  };
};
