import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Application } from "../../shared/model/application.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { restoredWorld } from "../support/restored-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

/** An Application of a name that no other test has: what a search finds by it is its own. */
const open = async () => {
  const given = await realSyncWorld(controlPlane, cluster);
  const world = restoredWorld(given);
  const name = given.namespace;
  const application: Application = given.application({ name });
  await world.declare(application);
  const ended = () => given.ended(name);
  const push = (...manifests: Parameters<typeof world.push>[1]) => world.push(name, manifests);
  await push(
    configMap("kept", {}, argo({ "sync-wave": "-1" })),
    configMap("dropped"),
    realDeployment("web"),
    realJob("migrate", argo({ hook: "PreSync", "hook-delete-policy": "BeforeHookCreation" })),
  );
  await ended();
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute++) await world.minute();
  };
  /** Git, sync, search, and what follows from it. */
  const converge = async () => {
    await minutes(1);
    await ended();
    await world.scan();
    await ended();
  };
  /** Objects that a sync writes, with their versions. */
  const versions = async () =>
    (await given.by("get", "configmap,job", "-o", "jsonpath={range .items[*]}{.kind}/{.metadata.name}@{.metadata.resourceVersion} {end}"))
      .split(" ")
      .filter((line) => line !== "" && !line.includes("kube-root-ca"))
      .toSorted();
  return { ...given, ...world, application, ended, push, minutes, converge, versions, current: () => given.state(name) };
};

describe("a real cluster", () => {
  it("F-29: is left as it is when the table goes back five minutes, and comes to what Git wants now", async () => {
    const world = await open();
    await world.minutes(4);
    const backup = world.backup();
    await world.push(
      configMap("kept", { port: "80" }, argo({ "sync-wave": "-1" })),
      configMap("late"),
      realDeployment("web"),
      realJob("migrate", argo({ hook: "PreSync", "hook-delete-policy": "BeforeHookCreation" })),
    );
    await world.ended();
    expect(await world.names("configmap")).toEqual(["configmap/kept", "configmap/late"]);
    await world.minutes(5);
    const [before, written] = [await world.versions(), world.writes.length];

    await world.restore(backup);
    await world.converge();
    expect(await world.versions()).toEqual(before);
    expect(world.writes.slice(written)).toEqual([]);
    expect(await world.current()).toMatchObject({ syncStatus: "Synced", epoch: 2 });

    await world.push(configMap("kept", { port: "80" }, argo({ "sync-wave": "-1" })));
    await world.ended();
    // The deployment goes when its pods have gone.
    await expect.poll(() => world.names("configmap,deployment"), { timeout: 20_000 }).toEqual(["configmap/kept"]);
  });

  it("F-30: gives back what it holds when the table is lost: nothing that matches is touched, what Git dropped goes once it was searched", async () => {
    const world = await open();
    await world.minutes(4);
    const [before, written] = [await world.versions(), world.writes.length];
    await world.restore();
    await world.declare(world.application);
    await world.push(
      configMap("kept", {}, argo({ "sync-wave": "-1" })),
      realDeployment("web"),
      realJob("migrate", argo({ hook: "PreSync", "hook-delete-policy": "BeforeHookCreation" })),
    );
    await world.minutes(1);
    await world.ended();
    expect(await world.versions()).toEqual(before);
    expect(world.writes.slice(written)).toEqual([]);

    await world.converge();
    expect(await world.versions()).toEqual(before.filter((line) => !line.startsWith("ConfigMap/dropped")));
    expect(await world.current()).toMatchObject({ syncStatus: "Synced", epoch: 2 });
  });
});
