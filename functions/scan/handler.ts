import type { DriftWorld } from "../../shared/drift/ports.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import { assertNever, Failure } from "../../shared/model/failure.ts";
import { type PollWorld, poll } from "../../shared/scan/poll.ts";
import { type SweepWorld, sweep } from "../../shared/scan/sweep.ts";
import { ScanEvent } from "../../shared/state/messages.ts";

export interface ScanWorld extends DriftWorld, SweepWorld, PollWorld {
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
        await declareControl(world);
        return sweep(world);
      case "poll":
        return poll(world);
      case "drift": {
        const names = await world.clusterNames();
        const scans = await Promise.allSettled(names.map((name) => scanCluster(name, world)));
        // Only when all have ended: what is under way when a function answers may never go on.
        for (const scan of scans) if (scan.status === "rejected") throw scan.reason;
        return;
      }
      default:
        return assertNever(scan);
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
