import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { wish } from "../../shared/state/wishes.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { argo, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

/** An operation waits for its hook when the Application is withdrawn. */
const withdrawnAtWork = async (removal: "cascade" | "forget") => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application({ finalizers: removal === "cascade" ? ["resources-finalizer.argocd.argoproj.io"] : [] }));
  await world.commit("web", [configMap("first")]);
  await world.ended();
  await world.commit("web", [configMap("first"), configMap("second"), realJob("migrate", argo({ hook: "PreSync" }), "hang")]);
  await world.until(({ reason }) => reason?.includes("waiting for Job") ?? false);
  await wish(world.table, "web", { removal, trigger: "registry" }, world.world.clock.now());
  await eventually(
    "the Application is forgotten",
    async () => {
      await world.step();
      return (await world.table.get({ pk: "app#web", sk: "state" })) === undefined;
    },
    15,
  );
  return world;
};

describe("an Application that is withdrawn while a hook is at work", () => {
  it("with its objects takes the hook along", async () => {
    const { names } = await withdrawnAtWork("cascade");
    await eventually("all is gone", async () => (await names("jobs,configmaps")).length === 0);
    expect(await names("jobs,configmaps")).toEqual([]);
  });

  it("without its objects lets go of the hook: nothing of ours holds it any more", async () => {
    const { names, field } = await withdrawnAtWork("forget");
    expect(await names("configmaps")).toEqual(["configmap/first"]);
    expect(await field("job/migrate", "{.metadata.finalizers}")).not.toContain("argocd.argoproj.io");
  });
});
