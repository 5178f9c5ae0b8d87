import { describe, expect, it } from "vitest";
import { Failure } from "../../../../shared/model/failure.ts";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { anApplication, configMap, job, syncWorld } from "../../../support/sync-world.ts";

const second = { annotations: { "argocd.argoproj.io/sync-wave": "1" } };
const seed: Manifest = { ...job("seed"), spec: { ttlSecondsAfterFinished: 0 } };
const busy = new Failure("ClusterBusy", "harbor", "Cluster harbor answers 504.");

/** A cluster in which a Job of this name is gone before anybody looks at it, and which cannot be asked some calls for a while. */
const given = async (manifests: readonly Manifest[]) => {
  let refused: string | undefined;
  const world = syncWorld({
    before: (call) => {
      if (refused !== undefined && call.startsWith(refused)) throw busy;
    },
  });
  await world.declare(anApplication({ annotations: { "fairlead.dev/operation-deadline": "1h" } }));
  await world.commit("web", manifests);
  const clearAway = async () => {
    const { apiVersion, kind, metadata } = world.live("seed", "Job") ?? job("");
    const { uid } = metadata;
    if (uid === undefined) return;
    await world.cluster.delete({ apiVersion, kind, namespace: "production", name: "seed" }, { uid, propagation: "Background" });
  };
  /** As many runs as there were. */
  const runs = () => world.cluster.calls.filter((call) => call === "apply Job production/seed").length;
  const refuse = (call: string | undefined) => {
    refused = call;
  };
  return { ...world, clearAway, runs, refuse };
};

describe("a Job that removes itself when it has ended", () => {
  // It was missing, so it was made, and ran, every two seconds for ever; the next wave never came.
  it("runs once in an operation, whose next wave follows", async () => {
    const { settle, clearAway, runs, live, state } = await given([seed, configMap("after", {}, second)]);
    await settle(clearAway);
    expect(runs()).toBe(1);
    expect(live("after")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it("runs once, too, where something else of its wave has to be made again", async () => {
    const { sync, pass, settle, cluster, clearAway, runs, live } = await given([
      configMap("settings"),
      seed,
      configMap("after", {}, second),
    ]);
    await sync();
    await clearAway();
    const { uid = "" } = live("settings")?.metadata ?? {};
    await cluster.delete(
      { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" },
      { uid, propagation: "Background" },
    );
    pass(2_000);
    await settle(clearAway);
    expect([live("settings"), live("after")]).toEqual([expect.anything(), expect.anything()]);
    expect(runs()).toBe(1);
  });

  it("runs once, too, where the step that applied it met trouble, and is taken again", async () => {
    const check = job("check", { annotations: { "argocd.argoproj.io/hook": "Sync" } });
    const { sync, pass, clearAway, runs, refuse, live } = await given([seed, check]);
    refuse("create Job");
    for (let step = 0; step < 3; step++) {
      await sync();
      await clearAway();
      pass(15_000);
    }
    refuse(undefined);
    await sync();
    expect(live("check", "Job")).toBeDefined();
    expect(runs()).toBe(1);
  });

  it("runs again in the next operation", async () => {
    const { commit, settle, clearAway, runs } = await given([seed, configMap("after", {}, second)]);
    await settle(clearAway);
    await commit("web", [seed, configMap("after", { v: "2" }, second)]);
    await settle(clearAway);
    expect(runs()).toBe(2);
  });

  it("is made again where it was to stay, as whatever else somebody deletes", async () => {
    const { sync, pass, clearAway, runs } = await given([job("seed"), configMap("after", {}, second)]);
    await sync();
    await clearAway();
    pass(2_000);
    await sync();
    expect(runs()).toBe(2);
  });
});
