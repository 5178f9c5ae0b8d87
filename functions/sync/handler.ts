import { longestDelay, SyncMessage } from "../../shared/state/messages.ts";
import type { SyncWorld } from "../../shared/sync/ports.ts";
import { syncApplication } from "../../shared/sync/sync-application.ts";
import { type BatchHandler, type BatchWorld, batchOf } from "../batch.ts";

export const syncHandler = (world: SyncWorld & BatchWorld): BatchHandler =>
  batchOf(SyncMessage, world, async (message) => {
    const next = await syncApplication(message, world);
    if (next.done) return;
    const { again, seconds, group } = next;
    await world.syncs.send([{ body: again, delaySeconds: Math.min(seconds, longestDelay), group }]);
  });
