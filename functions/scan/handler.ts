import type { DriftWorld } from "../../shared/drift/ports.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import type { WatchWorld } from "../../shared/drift/watch/ports.ts";
import { watchCluster } from "../../shared/drift/watch/watch-cluster.ts";
import { assertNever, Failure } from "../../shared/model/failure.ts";
import { type PollWorld, poll } from "../../shared/scan/poll.ts";
import { type SweepWorld, sweep } from "../../shared/scan/sweep.ts";
import { ScanEvent } from "../../shared/state/messages.ts";
import { keepEpoch } from "../../shared/state/renewal.ts";

export interface ScanWorld extends DriftWorld, WatchWorld, SweepWorld, PollWorld {
  /** All registered clusters. */
  readonly clusterNames: () => Promise<readonly string[]>;
  /** The control repository's own Application, as the installation file has it. */
  readonly declareControl: () => Promise<unknown>;
}

/** Wakes by the schedule. Clusters are scanned side by side: one that is down takes its own time only. */
export const scanHandler =
  (world: ScanWorld) =>
  async (event: unknown): Promise<void> => {
    const { scan } = ScanEvent.parse(event);
    switch (scan) {
      case "sweep":
        await keepTime(world);
        await declareControl(world);
        return sweep(world);
      case "poll":
        await keepTime(world);
        return poll(world);
      case "drift":
        await keepTime(world);
        return allOf((await world.clusterNames()).map((name) => scanCluster(name, world)));
      case "watch": {
        const until = world.clock.now() + watchSeconds * 1_000;
        const watched = (await world.clusterNames()).filter((name) => world.drift(name).watch);
        return allOf(watched.map((name) => watchCluster(name, until, world)));
      }
      default:
        return assertNever(scan);
    }
  };

/**
 * How long a watch is held, from the event on: longer than the time between two events, so that the next holder waits already when this one
 * leaves, and shorter than a function may take.
 */
const watchSeconds = 270;

/** Ends only when all have ended: what is under way when a function answers may never go on. */
const allOf = async (all: readonly Promise<void>[]): Promise<void> => {
  for (const one of await Promise.allSettled(all)) if (one.status === "rejected") throw one.reason;
};

/** By each schedule: where one does not come, another one does. The bucket may be away: hints go out all the same, and whoever would delete something asks for itself. */
const keepTime = async (world: ScanWorld): Promise<void> => {
  try {
    await keepEpoch(world);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    world.journal.tell("epoch-not-kept", { code: error.code, reason: error.message });
  }
};

/** A wrong installation file is told, and nobody waits because of it. */
const declareControl = async (world: ScanWorld): Promise<void> => {
  try {
    await world.declareControl();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    world.journal.tell("control-not-declared", { code: error.code, reason: error.message });
  }
};
