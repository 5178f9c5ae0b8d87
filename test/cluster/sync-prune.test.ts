import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Application } from "../../shared/model/application.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const policy = (syncOptions: readonly string[] = [], prune = true): Partial<Application> => ({
  syncPolicy: { automated: { prune, selfHeal: true, allowEmpty: false }, syncOptions },
});
/** Synced with these; the next commit has `settings` alone. */
const given = async (manifests: readonly Manifest[], change: Partial<Application> = policy()) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application(change));
  await world.commit("web", [...manifests, configMap("settings")]);
  await world.ended();
  const written = world.writes.length;
  return {
    ...world,
    drop: (left: readonly Manifest[] = []) => world.commit("web", [configMap("settings"), ...left]),
    later: () => world.writes.slice(written),
  };
};
const wave = (number: number) => argo({ "sync-wave": String(number) });
const option = (value: string) => argo({ "sync-options": value });

describe("objects that Git no longer has", () => {
  it("are deleted in the reverse order of their waves, each wave gone before the next begins", async () => {
    const { drop, until, ended, step, later, by } = await given([
      configMap("first", {}, wave(-1)),
      configMap("second"),
      configMap("third", {}, wave(1)),
    ]);
    const holdBy = (finalizers: readonly string[]) =>
      by("patch", "configmap", "second", "--type=merge", "-p", JSON.stringify({ metadata: { finalizers } }));
    await holdBy(["test.example/slow"]);
    await drop();
    const { reason } = await until(({ reason }) => reason?.includes("second") ?? false);
    for (let looks = 0; looks < 3; looks++) await step();
    expect(reason).toContain("second to be deleted");
    expect(later()).toEqual(["delete ConfigMap third", "delete ConfigMap second"]);
    await holdBy([]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(later()).toEqual(["delete ConfigMap third", "delete ConfigMap second", "delete ConfigMap first"]);
  });
});

describe("an object of a wave that is pruned", () => {
  it("goes before anything of its wave is applied", async () => {
    const { drop, ended, later } = await given([configMap("old")]);
    await drop([configMap("new")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(later()).toEqual(["delete ConfigMap old", "apply ConfigMap new"]);
  });

  it("goes after the last wave is healthy with PruneLast=true, of the object", async () => {
    const { drop, ended, later } = await given([configMap("old", {}, option("PruneLast=true")), configMap("early")]);
    await drop([realDeployment("web", wave(2))]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(later()).toEqual(["delete ConfigMap early", "apply Deployment web", "delete ConfigMap old"]);
  });

  it("goes after the last wave with PruneLast=true, of the Application", async () => {
    const { drop, ended, later } = await given([configMap("a", {}, wave(-1)), configMap("b")], policy(["PruneLast=true"]));
    await drop([configMap("new", {}, wave(2))]);
    await ended();
    expect(later().slice(0, 1)).toEqual(["apply ConfigMap new"]);
    expect(later().slice(1).toSorted()).toEqual(["delete ConfigMap a", "delete ConfigMap b"]);
  });
});

describe("an object that asks to stay", () => {
  it("stays with Prune=false, and the Application is OutOfSync and says why", async () => {
    const { drop, ended, names } = await given([configMap("dear", {}, option("Prune=false"))]);
    await drop();
    expect(await ended()).toMatchObject({
      phase: "Succeeded",
      syncStatus: "OutOfSync",
      reason: expect.stringContaining("Prune=false keeps it"),
    });
    expect(await names("configmaps")).toEqual(["configmap/dear", "configmap/settings"]);
  });

  it("stays with Helm's resource-policy keep", async () => {
    const { drop, ended, names } = await given([configMap("dear", {}, { annotations: { "helm.sh/resource-policy": "keep" } })]);
    await drop();
    expect(await ended()).toMatchObject({ syncStatus: "OutOfSync" });
    expect(await names("configmaps")).toContain("configmap/dear");
  });

  it("beats its Application's option: Prune=true among Prune=false", async () => {
    const { drop, ended, names } = await given([configMap("stays"), configMap("goes", {}, option("Prune=true"))], policy(["Prune=false"]));
    await drop();
    await ended();
    expect(await names("configmaps")).toEqual(["configmap/settings", "configmap/stays"]);
  });

  it("stays where the Application does not prune", async () => {
    const { drop, ended, names } = await given([configMap("old")], policy([], false));
    await drop();
    expect(await ended()).toMatchObject({ syncStatus: "OutOfSync" });
    expect(await names("configmaps")).toContain("configmap/old");
  });
});

describe("an object that asks for a person's yes", () => {
  const asked = async () => {
    const world = await given([configMap("dear", {}, option("Prune=confirm"))]);
    await world.drop();
    const state = await world.ended();
    expect(state.awaiting).toContain("dear");
    expect(await world.names("configmaps")).toContain("configmap/dear");
    return { ...world, waiting: state };
  };

  it("goes when the yes is given to what was asked", async () => {
    const { waiting, wishApproval, ended, names } = await asked();
    await wishApproval(waiting.awaitingDigest ?? "");
    expect(await ended()).toMatchObject({ syncStatus: "Synced" });
    expect(await names("configmaps")).toEqual(["configmap/settings"]);
  });
});

describe("the propagation policy", () => {
  const pruned = async (syncOptions: readonly string[], own: string | undefined = undefined) => {
    const deployment = realDeployment("web", own === undefined ? {} : option(own));
    const world = await given([deployment], policy(syncOptions));
    await eventually("its ReplicaSet", async () => (await world.names("replicasets")).length === 1);
    await world.drop();
    await world.until(({ syncStatus, phase }) => phase === "Succeeded" && syncStatus === "Synced");
    await eventually("the Deployment is gone", async () => (await world.names("deployments")).length === 0);
    return world;
  };

  it("takes what a Deployment made along, the Deployment last (foreground, the default)", async () => {
    const { names } = await pruned([]);
    expect(await names("replicasets")).toEqual([]);
  });

  it("takes it along in the background", async () => {
    const { names } = await pruned(["PrunePropagationPolicy=background"]);
    await eventually("the ReplicaSet is gone", async () => (await names("replicasets")).length === 0);
  });

  it("leaves it with orphan, whether the Application or the object asks for it", async () => {
    for (const { names } of [await pruned(["PrunePropagationPolicy=orphan"]), await pruned([], "PrunePropagationPolicy=orphan")]) {
      expect(await names("replicasets")).toHaveLength(1);
    }
  });
});

describe("a sync that would delete everything", () => {
  it("is refused without allowEmpty: an Application that renders nothing at all is rather broken", async () => {
    const { commit, ended, names } = await given([configMap("more")]);
    await commit("web", []);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("allowEmpty") });
    expect(await names("configmaps")).toEqual(["configmap/more", "configmap/settings"]);
  });

  it("is refused when objects were exchanged one and all, and hooks alone are left", async () => {
    const { commit, ended, names } = await given([]);
    await commit("web", [realJob("migrate", argo({ hook: "PreSync" }))]);
    expect(await ended()).toMatchObject({ syncStatus: "OutOfSync", reason: expect.stringContaining("allowEmpty") });
    expect(await names("configmaps")).toEqual(["configmap/settings"]);
  });

  it("goes through with allowEmpty", async () => {
    const { commit, ended, names } = await given([], {
      syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: true }, syncOptions: [] },
    });
    await commit("web", []);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps")).toEqual([]);
  });
});
