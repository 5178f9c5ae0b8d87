import { describe, expect, it } from "vitest";
import { eventId } from "../../../shared/state/events.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { syncApplication } from "../../../shared/sync/sync-application.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

describe("a worker that dies between history and its news", () => {
  // It had put an object back that was gone; who took over found nothing to do, and so people never heard of it.
  it("has what it did told by the one that takes over, though that finds nothing to do (F-01)", async () => {
    const { world, table, cluster, notices, declare, commit, sync, live, pass, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await sync();
    notices.take();
    const uid = live("settings")?.metadata.uid ?? "";
    await cluster.delete(
      { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" },
      { uid, propagation: "Background" },
    );
    await wish(table, "web", { trigger: "registry" }, world.clock.now());
    const dying = { ...notices, send: () => Promise.reject(new Error("killed")) };
    await expect(syncApplication({ v: 1, application: "web" }, { ...world, notices: dying })).rejects.toThrow("killed");
    expect(live("settings")).toBeDefined();

    const { fence = 0, beat = 0 } = (await state()) ?? {};
    pass(90_000);
    await sync("web", { fence, beat });
    expect(notices.take()).toMatchObject([{ application: "web", event: eventId(2) }]);
    expect(await state()).toMatchObject({ events: 2, phase: "Succeeded" });
  });
});
