import { describe, expect, it } from "vitest";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const preSync = { annotations: { "argocd.argoproj.io/hook": "PreSync" } };

describe("a hook that is being cleared away", () => {
  const cleared = async (end?: "Complete" | "Failed") => {
    const { declare, commit, sync, pass, cluster, state } = syncWorld();
    await declare(anApplication());
    await commit("web", [job("migrate", preSync), configMap("settings")]);
    await sync();
    pass(2_000);
    if (end) endJob(cluster, "migrate", end, "no such table");
    cluster.edit({ apiVersion: "batch/v1", kind: "Job", namespace: "production", name: "migrate" }, "ttl-controller", (live) => ({
      ...live,
      metadata: { ...live.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
    }));
    await sync();
    return state();
  };

  it("has ended as it says, as our finalizer kept it for that", async () => {
    expect(await cleared("Complete")).toMatchObject({ phase: "Succeeded" });
    expect(await cleared("Failed")).toMatchObject({ phase: "Failed", reason: expect.stringContaining("no such table") });
  });

  it("has failed where it had not ended", async () => {
    expect(await cleared()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("was deleted before it completed") });
  });
});
