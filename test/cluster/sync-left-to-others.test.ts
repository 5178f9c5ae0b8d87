import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IgnoreDifference } from "../../shared/model/application.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { argo, realDeployment, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const rule = (pointer: string): IgnoreDifference => ({
  group: "",
  kind: "ConfigMap",
  jsonPointers: [pointer],
  jqPathExpressions: [],
  managedFieldsManagers: [],
});

/** A field that is ignored was changed by hand; then Git changes another one. */
const ignored = async (syncOptions: readonly string[]) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(
    world.application({
      ignoreDifferences: [rule("/data/theirs")],
      syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions },
    }),
  );
  await world.commit("web", [configMap("settings", { theirs: "git", ours: "1" })]);
  await world.ended();
  await world.by("patch", "configmap", "settings", "--type=merge", "-p", '{"data":{"theirs":"by hand"}}');
  const writes = world.writes.length;
  await world.wishDrift();
  await world.ended();
  expect(world.writes.length).toBe(writes);
  await world.commit("web", [configMap("settings", { theirs: "git", ours: "2" })]);
  expect(await world.ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  return JSON.parse(await world.field("configmap/settings", "{.data}"));
};

describe("a field that is ignored", () => {
  it("is no drift, and is written as Git has it by the next sync of its object", async () => {
    expect(await ignored([])).toEqual({ ours: "2", theirs: "git" });
  });

  it("stays as it is with RespectIgnoreDifferences=true", async () => {
    expect(await ignored(["RespectIgnoreDifferences=true"])).toEqual({ ours: "2", theirs: "by hand" });
  });
});

describe("a wave that somebody paused", () => {
  it("holds the next one up until it is resumed and rolled out", async () => {
    const world = await realSyncWorld(controlPlane, cluster);
    await world.declare(world.application());
    const deployment = realDeployment("web");
    const spec = typeof deployment.spec === "object" && !Array.isArray(deployment.spec) ? deployment.spec : {};
    const after = configMap("after", {}, argo({ "sync-wave": "1" }));
    await world.commit("web", [{ ...deployment, spec: { ...spec, paused: true } }, after]);
    await world.until(({ reason }) => reason?.includes("waiting for Deployment") ?? false);
    expect(await world.names("configmaps")).toEqual([]);
    await world.by("rollout", "resume", "deployment/web");
    expect(await world.until(({ phase }) => phase !== "Running")).toMatchObject({ phase: "Succeeded" });
    expect(await world.names("configmaps")).toEqual(["configmap/after"]);
  });
});
