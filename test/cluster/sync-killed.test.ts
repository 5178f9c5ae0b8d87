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

/** Plays the operation to its end on the real server; the worker dies at these of its calls, or when it has written these, once each. */
const play = async (killAt: ReadonlySet<number>, killAfter: readonly string[] = []) => {
  let calls = 0;
  const left = new Set(killAfter);
  const before = () => {
    if (killAt.has(++calls)) throw new Killed();
  };
  const after = (write: string) => {
    if (left.delete(write)) throw new Killed();
  };
  const world = await realSyncWorld(controlPlane, cluster, { before, after });
  await world.declare(world.application());
  await world.commit("web", manifests);
  for (;;) {
    try {
      const state = await world.ended();
      return { ...world, state, calls, left };
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

  /** The one that each step of the operation ends with: all that it did is done, and nothing of it is written down. */
  const lastOfEachStep = [
    "create Job before",
    "apply ConfigMap one",
    "apply Deployment two",
    "apply Job three",
    "apply ConfigMap four",
    "apply ConfigMap five",
    "create Job after",
    "patch Job after",
  ];
  const onlyOnce = (writes: readonly string[]) =>
    writes.filter((write) => write.startsWith("create ")).toSorted((a, b) => a.localeCompare(b));

  it("ends the same when its worker is killed after any one of its steps, before that step is written down", async () => {
    await Promise.all(
      lastOfEachStep.map(async (write) => {
        const { state, names, writes, history, left } = await play(new Set(), [write]);
        expect([write, left.size]).toEqual([write, 0]);
        expect([write, state.phase, state.syncStatus]).toEqual([write, "Succeeded", "Synced"]);
        expect(await names("configmaps,deployments,jobs")).toEqual(everything);
        expect((await history()).map(({ kind }) => kind)).toEqual(["synced"]);
        expect(onlyOnce(writes)).toEqual(["create Job after", "create Job before"]);
      }),
    );
  });

  it("ends the same when its worker is killed after every single step", async () => {
    const { state, names, writes, history, left } = await play(new Set(), lastOfEachStep);
    expect([...left]).toEqual([]);
    expect(state).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps,deployments,jobs")).toEqual(everything);
    expect((await history()).map(({ kind }) => kind)).toEqual(["synced"]);
    expect(onlyOnce(writes)).toEqual(["create Job after", "create Job before"]);
  });
});
