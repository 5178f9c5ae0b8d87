import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const wave = (number: number) => argo({ "sync-wave": String(number) });
const manifests = [
  realJob("before", argo({ hook: "PreSync" })),
  configMap("one", {}, wave(1)),
  realDeployment("two", wave(2)),
  realJob("three", wave(3)),
  configMap("four", {}, wave(4)),
  configMap("five", {}, wave(5)),
  realJob("after", argo({ hook: "PostSync" })),
];

class Killed extends Error {}

/** Plays the operation to its end on the real server; the worker dies at these of its calls. */
const play = async (killAt: ReadonlySet<number>) => {
  let calls = 0;
  const before = () => {
    if (killAt.has(++calls)) throw new Killed();
  };
  const world = await realSyncWorld(controlPlane, cluster, { before });
  await world.declare(world.application());
  await world.commit("web", manifests);
  for (;;) {
    try {
      const state = await world.ended();
      return { ...world, state, calls };
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
};

const everything = [
  "configmap/five",
  "configmap/four",
  "configmap/one",
  "deployment.apps/two",
  "job.batch/after",
  "job.batch/before",
  "job.batch/three",
];

describe("an operation of five waves and two hooks on a real server", () => {
  it("ends well undisturbed", async () => {
    const { state, names, history } = await play(new Set());
    expect(state).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps,deployments,jobs")).toEqual(everything);
    expect((await history()).map(({ kind }) => kind)).toEqual(["synced"]);
  });

  it.each([
    ["once early", [6]],
    ["once while hooks and waves are on their way", [23]],
    ["again and again", [3, 11, 20, 31, 45, 60, 80]],
  ])("ends the same when its worker is killed %s", async (_, points) => {
    const { state, names, writes, history, calls } = await play(new Set(points));
    expect(calls).toBeGreaterThan(Math.max(...points.slice(0, 4)));
    expect(state).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps,deployments,jobs")).toEqual(everything);
    expect((await history()).map(({ kind }) => kind)).toEqual(["synced"]);
    expect(writes.filter((write) => write === "create Job after").length).toBeLessThanOrEqual(1 + points.length);
  });
});
