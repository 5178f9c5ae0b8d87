import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DriftWorld } from "../../shared/drift/ports.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import type { JsonObject } from "../../shared/model/json.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { driftDefaults } from "../support/drift-world.ts";
import { realDeployment, realSyncWorld } from "../support/real-sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const replicas = "{.spec.replicas}";

/** A Deployment of one replica, of which `scaler` may have what it owns. */
const given = async () => {
  const world = await realSyncWorld(controlPlane, cluster);
  const rule = { group: "apps", kind: "Deployment", jsonPointers: [], jqPathExpressions: [], managedFieldsManagers: ["scaler"] };
  await world.declare(world.application({ ignoreDifferences: [rule] }));
  await world.commit("web", [realDeployment("web")]);
  await world.ended();
  const driftWorld: DriftWorld = { ...world.world, ...driftDefaults, pushes: memoryQueue<PushMessage>() };
  /** Whether a scan wishes for something to be brought back. */
  const drifts = async () => {
    world.syncs.take();
    world.pass(600_000);
    await scanCluster("harbor", driftWorld);
    return world.syncs.take().length > 0;
  };
  await drifts();
  const applyAs = (fieldManager: string, spec: JsonObject) => {
    const manifest: Manifest = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: world.namespace }, spec };
    return cluster.apply(manifest, { fieldManager, force: true });
  };
  return { ...world, drifts, applyAs };
};

describe("an ignore rule by managedFieldsManagers, on a real server", () => {
  it("leaves what its manager took over", async () => {
    const { applyAs, drifts, field } = await given();
    await applyAs("scaler", { replicas: 3 });
    expect(await drifts()).toBe(false);
    expect(await field("deployment/web", replicas)).toBe("3");
  });

  it("covers the manager's own fields, and not what another changed beside them", async () => {
    const { applyAs, drifts, by, ended, field } = await given();
    await applyAs("scaler", { replicas: 3 });
    await by("set", "image", "deployment/web", "main=registry.example/other:2");
    expect(await drifts()).toBe(true);
    await ended();
    expect(await field("deployment/web", "{.spec.template.spec.containers[0].image}")).toBe("registry.example/main:1");
  });

  it("ends with what its manager gives up: a field that another set then was nobody's, and no scan saw it", async () => {
    const { applyAs, drifts, ended, field } = await given();
    await applyAs("scaler", { replicas: 3 });
    expect(await drifts()).toBe(false);
    await applyAs("scaler", { minReadySeconds: 1 });
    await applyAs("another-controller", { replicas: 5 });
    expect(await drifts()).toBe(true);
    await ended();
    expect(await field("deployment/web", replicas)).toBe("1");
  });

  it("means a manager of exactly that name", async () => {
    const { applyAs, drifts } = await given();
    await applyAs("scaler-2", { replicas: 3 });
    expect(await drifts()).toBe(true);
  });
});
