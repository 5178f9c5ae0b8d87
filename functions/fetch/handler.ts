import { fetchPush } from "../../shared/fetch/fetch-push.ts";
import type { FetchWorld } from "../../shared/fetch/ports.ts";
import { PushMessage } from "../../shared/state/messages.ts";
import { type BatchHandler, type BatchWorld, batchOf } from "../batch.ts";

export const fetchHandler = (world: FetchWorld & BatchWorld): BatchHandler =>
  batchOf(PushMessage, world, async (message) => {
    const next = await fetchPush(message, world);
    if (!next.done) await world.pushes.send([{ body: next.again, delaySeconds: next.seconds, group: next.group }]);
  });
