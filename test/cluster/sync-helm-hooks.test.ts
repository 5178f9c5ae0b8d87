import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { argo, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const given = async (manifests: readonly Manifest[]) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application());
  await world.commit("web", manifests);
  return { ...world, objects: () => world.writes.filter((write) => !write.startsWith("patch")) };
};
const helm = (annotations: Readonly<Record<string, string>>): Pick<Manifest["metadata"], "annotations"> => ({
  annotations: Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`helm.sh/${name}`, value])),
});

describe("a chart's hooks", () => {
  it("run as Argo CD maps them: by weight before and after the objects, those of tests and rollbacks never", async () => {
    const { ended, objects } = await given([
      realJob("post", helm({ hook: "post-install,post-upgrade", "hook-delete-policy": "hook-succeeded" })),
      realJob("pre-second", helm({ hook: "pre-upgrade", "hook-weight": "5" })),
      realJob("pre-first", helm({ hook: "pre-install", "hook-weight": "-5" })),
      realJob("connection-test", helm({ hook: "test" })),
      realJob("back", helm({ hook: "pre-rollback,post-rollback" })),
      configMap("settings"),
    ]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(objects()).toEqual([
      "create Job pre-first",
      "create Job pre-second",
      "apply ConfigMap settings",
      "create Job post",
      "delete Job post",
    ]);
  });

  it("run once for an object that is of install and of upgrade", async () => {
    const { ended, objects } = await given([realJob("pre", helm({ hook: "pre-install,pre-upgrade" })), configMap("settings")]);
    await ended();
    expect(objects()).toEqual(["create Job pre", "apply ConfigMap settings"]);
  });

  it("are mapped object by object: Argo CD's own annotation counts for the object that has it, and no other", async () => {
    const both = { annotations: { ...argo({ hook: "PostSync" }).annotations, ...helm({ hook: "pre-install" }).annotations } };
    const { ended, objects } = await given([
      realJob("ours", both),
      realJob("theirs", helm({ hook: "pre-install" })),
      configMap("settings"),
    ]);
    await ended();
    expect(objects()).toEqual(["create Job theirs", "apply ConfigMap settings", "create Job ours"]);
  });

  it("use a ServiceAccount that is a hook of less weight", async () => {
    const account: Manifest = {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "migrator", ...helm({ hook: "pre-install", "hook-weight": "-10", "hook-delete-policy": "before-hook-creation" }) },
    };
    const job = realJob("migrate", helm({ hook: "pre-install", "hook-delete-policy": "before-hook-creation,hook-succeeded" }));
    const { ended, names } = await given([job, account, configMap("settings")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(await names("serviceaccounts,jobs")).toEqual(["serviceaccount/default", "serviceaccount/migrator"]);
  });

  it("of crd-install are objects like any other", async () => {
    const { ended, objects, names } = await given([configMap("settings", {}, helm({ hook: "crd-install" })), configMap("other")]);
    expect(await ended()).toMatchObject({ syncStatus: "Synced" });
    expect(objects().toSorted()).toEqual(["apply ConfigMap other", "apply ConfigMap settings"]);
    expect(await names("configmaps")).toEqual(["configmap/other", "configmap/settings"]);
  });
});

describe("a chart's object with a weight", () => {
  it("is applied in the wave of that number, unless it has a wave of its own", async () => {
    const { ended, objects } = await given([
      configMap("late", {}, helm({ "hook-weight": "7" })),
      configMap("early", {}, { annotations: { ...argo({ "sync-wave": "-1" }).annotations, ...helm({ "hook-weight": "9" }).annotations } }),
      configMap("middle"),
    ]);
    await ended();
    expect(objects()).toEqual(["apply ConfigMap early", "apply ConfigMap middle", "apply ConfigMap late"]);
  });
});
