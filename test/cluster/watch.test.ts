import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WatchWorld } from "../../shared/drift/watch/ports.ts";
import { watchCluster } from "../../shared/drift/watch/watch-cluster.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { leaveWatch, takeWatch } from "../../shared/state/watches.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, type TestControlPlane } from "../support/control-plane.ts";
import { driftDefaults } from "../support/drift-world.ts";
import { eventually } from "../support/eventually.ts";
import { realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const day = 86_400_000;

/** An Application that is synced, and whose cluster can be watched. `watch`: how streams go instead of as the server has them. */
const given = async (manifests: readonly Manifest[], watch: Cluster["watch"] = (query, stop) => cluster.watch(query, stop)) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application());
  await world.commit("web", manifests);
  await world.ended();
  world.syncs.take();
  const connected = { ...world.connection, watch };
  const watchWorld: WatchWorld = {
    ...world.world,
    ...driftDefaults,
    pushes: memoryQueue<PushMessage>(),
    clusters: { connect: async () => connected },
    newName: () => "holder",
  };
  /** Watches until what is to happen has happened. */
  const during = async (happens: () => Promise<unknown>) => {
    const holding = watchCluster("harbor", world.world.clock.now() + day, watchWorld);
    try {
      await happens();
    } finally {
      world.pass(2 * day);
      await holding;
    }
  };
  /** Somebody's edit is found and brought back. */
  const healed = async (what: string, is: () => Promise<boolean>) => {
    await eventually(`${what} is found`, async () => world.syncs.take().length > 0);
    await eventually(`${what} is healed`, async () => {
      await world.step();
      return is();
    });
    // Whoever heals the same again waits longer each time.
    world.pass(10 * 60_000);
  };
  return { ...world, during, healed };
};

describe("a real cluster that is watched", () => {
  it("is begun anew where the server has forgotten where the last holder was, and nothing is missed", async () => {
    const asked: (string | undefined)[] = [];
    // A fresh server has all of its history yet: what it says when that is compacted is said for it.
    const compacted: Cluster["watch"] = async function* (query, stop) {
      if (query.kind === "ConfigMap") asked.push(query.since);
      if (query.since === "1") yield { kind: "expired" };
      else yield* cluster.watch(query, stop);
    };
    const { table, by, during, healed, field } = await given([configMap("settings", { colour: "blue" })], compacted);
    await takeWatch(table, "harbor", "earlier", undefined);
    await leaveWatch(table, "harbor", "earlier", { versions: { "v1/ConfigMap": "1" }, pending: [] });
    await by("patch", "configmap/settings", "--type=merge", "-p", '{"data":{"colour":"red"}}');
    await during(() => healed("the edit", async () => (await field("configmap/settings", "{.data.colour}")) === "blue"));
    expect(asked.slice(0, 2)).toEqual(["1", undefined]);
  });

  it("goes on where it was when the server closes each watch after one event", async () => {
    const closing: Cluster["watch"] = async function* (query, stop) {
      for await (const event of cluster.watch(query, stop)) {
        yield event;
        if (event.kind !== "reached") return;
      }
    };
    const { by, during, healed, field } = await given([configMap("a", { colour: "blue" }), configMap("b", { colour: "blue" })], closing);
    await during(async () => {
      for (const name of ["a", "b", "a"]) {
        await by("patch", `configmap/${name}`, "--type=merge", "-p", '{"data":{"colour":"red"}}');
        await healed(`the edit of ${name}`, async () => (await field(`configmap/${name}`, "{.data.colour}")) === "blue");
      }
    });
  });

  it("watches a kind again whose CRD somebody deleted, once that is healed", async () => {
    const crd = "anchors.watch.fairlead.dev";
    const { by, during, healed, field, pass, namespace } = await given([anchors, { ...anchor, metadata: { name: "first" } }]);
    await during(async () => {
      await kubectl(controlPlane, ["delete", "crd", crd, "--wait=true"]);
      const stands = async () => {
        const found = await kubectl(controlPlane, ["-n", namespace, "get", "--ignore-not-found", `${crd}/first`, "-o", "name"]).catch(
          () => "",
        );
        return found !== "";
      };
      await healed("the deletion", stands);
      // New kinds are noticed every minute.
      pass(120_000);
      await eventually("an edit of the new object is found", async () => {
        await by("patch", `${crd}/first`, "--type=merge", "-p", `{"spec":{"weight":${Math.floor(Math.random() * 1e6)}}}`);
        pass(60_000);
        return (await field(`${crd}/first`, "{.spec.weight}")) !== "1";
      });
      await healed("the edit", async () => (await field(`${crd}/first`, "{.spec.weight}")) === "1");
    });
    expect(await field(`${crd}/first`, "{.spec.weight}")).toBe("1");
  });
});

const anchor = { apiVersion: "watch.fairlead.dev/v1", kind: "Anchor", spec: { weight: 1 } };
const anchors: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "anchors.watch.fairlead.dev" },
  spec: {
    group: "watch.fairlead.dev",
    scope: "Namespaced",
    names: { kind: "Anchor", plural: "anchors" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};
