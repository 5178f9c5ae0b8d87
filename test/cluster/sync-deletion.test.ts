import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Application } from "../../shared/model/application.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { wish } from "../../shared/state/wishes.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, type TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const finalizer = "resources-finalizer.argocd.argoproj.io";

/** Synced, and then withdrawn. */
const given = async (manifests: readonly Manifest[], change: Partial<Application> = {}) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application({ finalizers: [finalizer], ...change }));
  await world.commit("web", manifests);
  await world.ended();
  await world.until(({ health }) => health !== "Progressing");
  const written = world.writes.length;
  return {
    ...world,
    withdraw: () => wish(world.table, "web", { removal: "cascade", trigger: "registry" }, world.world.clock.now()),
    later: () => world.writes.slice(written).filter((write) => !write.startsWith("patch")),
    /** Steps until nobody knows the Application any more. */
    gone: () =>
      eventually(
        "the Application is forgotten",
        async () => {
          await world.step();
          return (await world.table.get({ pk: "app#web", sk: "state" })) === undefined;
        },
        25,
      ),
  };
};
const wave = (number: number) => argo({ "sync-wave": String(number) });
const option = (value: string) => argo({ "sync-options": value });

describe("an Application that is deleted with its objects", () => {
  it("deletes them in the reverse order of their waves, kinds in reverse within a wave", async () => {
    const { withdraw, gone, later, names } = await given([
      configMap("last", {}, wave(-1)),
      configMap("second"),
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "third" } },
      configMap("first", {}, wave(1)),
    ]);
    await withdraw();
    await gone();
    expect(later()).toEqual(["delete ConfigMap first", "delete ConfigMap second", "delete ServiceAccount third", "delete ConfigMap last"]);
    expect(await names("configmaps")).toEqual([]);
  });

  it("waits until the objects of a Deployment are gone (foreground, the default)", async () => {
    const { withdraw, gone, names } = await given([realDeployment("web")]);
    await withdraw();
    await gone();
    expect(await names("deployments,replicasets")).toEqual([]);
  });

  it("leaves them to the cluster with the finalizer's /background form", async () => {
    const { withdraw, gone, names } = await given([realDeployment("web")], { finalizers: [`${finalizer}/background`] });
    await withdraw();
    await gone();
    expect(await names("deployments")).toEqual([]);
    await eventually("its ReplicaSet is gone", async () => (await names("replicasets")).length === 0);
  });

  it("says which object is held by which finalizer, and goes on when it is let go (F-18)", async () => {
    const { withdraw, until, gone, by, namespace } = await given([configMap("held"), configMap("free", {}, wave(-1))]);
    const hold = (finalizers: readonly string[]) =>
      by("patch", "configmap", "held", "--type=merge", "-p", JSON.stringify({ metadata: { finalizers } }));
    await hold(["test.example/backup"]);
    await withdraw();
    const { reason } = await until((state) => state.reason?.includes("is held by") ?? false);
    expect(reason).toContain(`ConfigMap ${namespace}/held is held by test.example/backup since 2`);
    expect(await by("get", "configmap", "free", "-o", "name")).toContain("free");
    await hold([]);
    await gone();
  });

  it("leaves what says Delete=false or Helm's keep, and every CRD", async () => {
    const { withdraw, gone, names } = await given([
      configMap("stays", {}, option("Delete=false")),
      configMap("kept", {}, { annotations: { "helm.sh/resource-policy": "keep" } }),
      configMap("not-pruned", {}, option("Prune=false")),
      configMap("goes"),
    ]);
    await withdraw();
    await gone();
    expect(await names("configmaps")).toEqual(["configmap/kept", "configmap/stays"]);
  });

  it("asks a person first where an object says Delete=confirm", async () => {
    const { withdraw, until, gone, names, wishApproval } = await given([
      configMap("dear", {}, option("Delete=confirm")),
      configMap("other"),
    ]);
    await withdraw();
    const { awaiting, awaitingDigest = "" } = await until((state) => state.awaiting !== undefined);
    expect(awaiting).toContain("Delete=confirm asks for a person's yes first");
    expect(await names("configmaps")).toContain("configmap/dear");
    await wishApproval(awaitingDigest);
    await gone();
    expect(await names("configmaps")).toEqual([]);
  });

  it("touches nothing of another Application, and nothing that somebody made anew under an old name", async () => {
    const { withdraw, gone, by, names, namespace } = await given([configMap("theirs"), configMap("anew"), configMap("ours")]);
    await by("annotate", "configmap", "theirs", "--overwrite", `argocd.argoproj.io/tracking-id=other:/ConfigMap:${namespace}/theirs`);
    await by("delete", "configmap", "anew");
    await kubectl(controlPlane, ["-n", namespace, "create", "configmap", "anew"]);
    await by("create", "configmap", "stranger");
    await withdraw();
    await gone();
    expect(await names("configmaps")).toEqual(["configmap/anew", "configmap/stranger", "configmap/theirs"]);
  });

  it("leaves the namespace that CreateNamespace=true made", async () => {
    const { withdraw, gone, by, namespace } = await given([configMap("settings")], {
      syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
    });
    await withdraw();
    await gone();
    expect(await by("get", "namespace", namespace, "-o", "jsonpath={.status.phase}")).toBe("Active");
  });
});

describe("hooks of a deletion", () => {
  it("run before anything goes and after all is gone, and leave nothing behind", async () => {
    const { withdraw, gone, later, names } = await given([
      realJob("backup", argo({ hook: "PreDelete" })),
      realJob("farewell", argo({ hook: "PostDelete" })),
      configMap("settings"),
    ]);
    expect(later()).toEqual([]);
    expect(await names("jobs")).toEqual([]);
    await withdraw();
    await gone();
    expect(later().filter((write) => !write.startsWith("delete Job"))).toEqual([
      "create Job backup",
      "delete ConfigMap settings",
      "create Job farewell",
    ]);
    await eventually("hooks are gone", async () => (await names("jobs,configmaps")).length === 0);
  });

  it("that fail block it, and their reason is told", async () => {
    const { withdraw, until, names } = await given([realJob("backup", argo({ hook: "PreDelete" }), "fail"), configMap("settings")]);
    await withdraw();
    const { reason } = await until(({ phase }) => phase === "Failed");
    expect(reason).toMatch(/^PreDelete hook Job sync-\w+\/backup: /);
    expect(await names("configmaps")).toEqual(["configmap/settings"]);
  });
});
