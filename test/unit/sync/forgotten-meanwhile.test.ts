import { describe, expect, it } from "vitest";
import { eventId, writeEvent } from "../../../shared/state/events.ts";
import { tableNotices } from "../../../shared/state/notices.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { syncApplication } from "../../../shared/sync/sync-application.ts";
import { memoryTable } from "../../fakes/memory-table.ts";
import { isBareFence } from "../../support/bare-fence.ts";
import { eventOf } from "../../support/events.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";
import { anApplication, deployment, isReady, syncWorld } from "../../support/sync-world.ts";

const standing = (table: ReturnType<typeof memoryTable>) => table.items().filter((item) => item.pk === "app#web" && !isBareFence(item));

describe("an Application that is forgotten while somebody sleeps", () => {
  // What a look at health had to say was written when nothing else was left: history of nobody, and people were told of what they had taken away.
  it("has no history after that, and nobody hears of it, whichever moment of a look at health that is (F-09)", async () => {
    const moments: number[] = [];
    const heard: number[] = [];
    for (let at = 1; ; at++) {
      const { world, table, cluster, notices, declare, commit, sync } = syncWorld();
      await declare(anApplication());
      await commit("web", [deployment("server")]);
      await sync();
      notices.take();
      isReady(cluster, "server");
      const forget = async () => {
        await wish(table, "web", { removal: "forget", trigger: "registry" }, 0);
        await sync();
      };
      const slow = interruptedTable(table, at, forget);
      await syncApplication({ v: 1, application: "web" }, { ...world, table: slow.table });
      if (slow.calls() < at) break;
      expect(standing(table), `after call ${at}`).toEqual([]);
      moments.push(at);
      if (notices.take().length > 0) heard.push(at);
    }
    // These come after it was seen that the Application still stands.
    expect(heard).toEqual(moments.slice(-2));
  });

  // A notice was claimed of an event that had been read before.
  it("has no notices after that, whichever moment of a claim that is (F-09)", async () => {
    const event = eventOf({ application: "web", id: eventId(1), operation: "1" });
    for (let at = 1; ; at++) {
      const table = memoryTable();
      await writeEvent(table, event, 1);
      const forget = async () => {
        for (const { pk, sk } of table.items()) await table.delete({ pk, sk });
      };
      const slow = interruptedTable(table, at, forget);
      const notices = tableNotices(slow.table, { now: () => 0 });
      const claim = await notices.claim(event, "deployments");
      if (slow.calls() < at) break;
      if (claim.state === "claimed") await notices.record(claim);
      expect(table.items(), `after call ${at}`).toEqual([]);
    }
  });
});
