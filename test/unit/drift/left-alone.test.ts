import { describe, expect, it } from "vitest";
import { scanned } from "../../support/drift-scanned.ts";
import { anApplication } from "../../support/sync-world.ts";

describe("an Application annotated with skip-reconcile", () => {
  it("is not compared, whatever moves", async () => {
    const { edit, declare, scan, sync, syncs, history, cluster } = await scanned({ syncPolicy: anApplication().syncPolicy });
    await declare(anApplication({ annotations: { "argocd.argoproj.io/skip-reconcile": "true" } }));
    await sync();
    edit({ colour: "red", size: "small" });
    const calls = cluster.calls.length;
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(cluster.calls.slice(calls).filter((call) => call.startsWith("list ") || call.startsWith("get "))).toEqual([]);
    expect((await history()).map(({ kind }) => kind)).toEqual(["synced"]);
  });
});
