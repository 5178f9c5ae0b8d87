import { longestDelay, SyncMessage } from "../../shared/state/messages.ts";
import type { SyncWorld } from "../../shared/sync/ports.ts";
import { syncApplication } from "../../shared/sync/sync-application.ts";
import { type BatchHandler, batchOf } from "../batch.ts";

export const syncHandler = (world: SyncWorld): BatchHandler =>
  batchOf(SyncMessage, world.journal, async (message) => {
    const next = await syncApplication(message, world);
    if (!next.done) await world.syncs.send([{ body: next.again, delaySeconds: Math.min(next.seconds, longestDelay) }]);
  });
