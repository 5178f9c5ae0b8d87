import { describe, expect, it } from "vitest";
import { readInventory } from "../../../shared/state/inventories.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

describe("an object that two Applications claim", () => {
  it("once stayed in the inventory of the one that lost it, which was then synced because of drift every few minutes, without end", async () => {
    const { declare, commit, settle, sync, wishDrift, cluster, table, artifacts } = syncWorld();
    await declare(anApplication());
    await declare(anApplication({ name: "api" }));
    await commit("web", [configMap("settings"), configMap("shared")]);
    await settle();
    // As if api had looked before web created it: server-side apply cannot be bound to an object's absence.
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "shared" }, "argocd-controller", (live) => ({
      ...live,
      metadata: { ...live.metadata, annotations: { "argocd.argoproj.io/tracking-id": "api:/ConfigMap:production/shared" } },
    }));
    await wishDrift();
    await sync();
    expect([...(await readInventory(table, artifacts, "web")).keys()]).toEqual(["/ConfigMap:production/settings"]);
  });
});
