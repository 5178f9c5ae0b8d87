import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DriftWorld } from "../../shared/drift/ports.ts";
import { scanCluster } from "../../shared/drift/scan-cluster.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import type { PushMessage } from "../../shared/state/messages.ts";
import { previewSync } from "../../shared/sync/preview.ts";
import { memoryQueue } from "../fakes/memory-queue.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { driftDefaults } from "../support/drift-world.ts";
import { argo, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const lax = { "sync-options": "Validate=false" };
const odd = (data: Readonly<Record<string, string>>): Manifest => ({ ...configMap("odd", data, argo(lax)), surprise: 4 });

/** An object with a field that no schema has, synced by Validate=false. */
const synced = async () => {
  const world = await realSyncWorld(controlPlane, cluster);
  const application = world.application({
    syncPolicy: { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: [] },
  });
  await world.declare(application);
  await world.commit("web", [odd({ colour: "blue" })]);
  await world.ended();
  const driftWorld: DriftWorld = { ...world.world, ...driftDefaults, pushes: memoryQueue<PushMessage>() };
  const scan = async () => {
    world.pass(600_000);
    await scanCluster("harbor", driftWorld);
  };
  await scan();
  const preview = async () => (await previewSync(application, await world.state(), { ...world.world, claims: () => false })).results;
  return { ...world, scan, preview };
};

// A dry run that sent the field was refused, so a preview said that the object cannot be applied, and its drift was never named.
describe("an object with fields that no schema knows, by Validate=false on a real server", () => {
  it("is previewed as it is applied: without them", async () => {
    const { preview, by } = await synced();
    expect(await preview()).toMatchObject([{ action: "unchanged", code: "Synced" }]);
    await by("patch", "configmap", "odd", "--type=merge", "-p", '{"data":{"colour":"red"}}');
    expect(await preview()).toMatchObject([{ action: "configured", fields: [{ path: "data.colour", live: '"red"', desired: '"blue"' }] }]);
  });

  it("has its drift named by field", async () => {
    const { scan, by, history } = await synced();
    await by("patch", "configmap", "odd", "--type=merge", "-p", '{"data":{"colour":"red"}}');
    await scan();
    expect((await history())[0]).toMatchObject({ kind: "drift-found", reason: expect.stringContaining("data.colour") });
  });

  it("is used again as a hook that outlives its run", async () => {
    const world = await realSyncWorld(controlPlane, cluster);
    await world.declare(world.application());
    const hook = (v: string): Manifest => ({
      ...configMap("note", { v }, argo({ ...lax, hook: "PreSync", "hook-delete-policy": "HookFailed" })),
      surprise: 1,
    });
    for (const v of ["1", "2"]) {
      await world.commit("web", [configMap("settings", { v }), hook(v)]);
      expect(await world.ended()).toMatchObject({ phase: "Succeeded" });
      expect(await world.field("configmap/note", "{.data.v}")).toBe(v);
    }
  });
});
