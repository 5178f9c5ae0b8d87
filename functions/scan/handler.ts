import type { DriftWorld } from "../../shared/drift/ports.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import { assertNever } from "../../shared/model/failure.ts";
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
        await world.declareControl();
        return sweep(world);
      case "poll":
        return poll(world);
      case "drift": {
        const scans = (await world.clusterNames()).map((name) => scanCluster(name, world));
        await Promise.all(scans);
        return;
      }
      default:
        return assertNever(scan);
    }
  };
