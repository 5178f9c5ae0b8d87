import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { kubectl, type TestControlPlane } from "../support/control-plane.ts";
import { argo, realDeployment, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

type World = Awaited<ReturnType<typeof realSyncWorld>>;

const given = async (syncOptions: readonly string[] = []) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions } }));
  return world;
};

/** How an object came to the cluster before us. */
const byKubectl = ({ namespace }: World, manifest: Manifest) =>
  kubectl(controlPlane, ["-n", namespace, "apply", "-f", "-"], JSON.stringify(manifest));
const byArgoServerSide = ({ namespace }: World, manifest: Manifest) =>
  kubectl(
    controlPlane,
    ["-n", namespace, "apply", "--server-side", "--field-manager=argocd-controller", "-f", "-"],
    JSON.stringify(manifest),
  );
const byArgoClientSide = ({ namespace }: World, manifest: Manifest) =>
  kubectl(controlPlane, ["-n", namespace, "apply", "--field-manager=argocd-controller", "-f", "-"], JSON.stringify(manifest));
const byHelm = ({ namespace }: World, manifest: Manifest) =>
  kubectl(controlPlane, ["-n", namespace, "create", "--field-manager=helm", "-f", "-"], JSON.stringify(manifest));

const both = configMap("settings", { keep: "1", drop: "1" });
const data = "{.data}";

describe.each([
  ["kubectl apply", byKubectl],
  ["Argo CD's client-side apply", byArgoClientSide],
  ["Argo CD's server-side apply", byArgoServerSide],
  ["Helm", byHelm],
])("an object that %s brought", (_, bring) => {
  it("is taken over as it is, and a field that Git drops then really goes", async () => {
    const world = await given();
    await bring(world, both);
    const uid = await world.field("configmap/settings", "{.metadata.uid}");
    await world.commit("web", [both]);
    expect(await world.ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    await world.commit("web", [configMap("settings", { keep: "1" })]);
    expect(await world.ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await world.field("configmap/settings", data)).toBe('{"keep":"1"}');
    expect(await world.field("configmap/settings", "{.metadata.uid}")).toBe(uid);
  });

  it("loses a field that is not in Git at the first sync already", async () => {
    const world = await given();
    await bring(world, both);
    await world.commit("web", [configMap("settings", { keep: "1" })]);
    await world.ended();
    expect(await world.field("configmap/settings", data)).toBe('{"keep":"1"}');
  });
});

describe("a Deployment that somebody else applied", () => {
  it.each([
    ["kubectl", byKubectl],
    ["Argo CD", byArgoServerSide],
    ["Helm", byHelm],
  ])("is not restarted by being taken over from %s", async (_, bring) => {
    const world = await given();
    await bring(world, realDeployment("web"));
    await world.by("wait", "deployment/web", "--for=condition=Available", "--timeout=20s");
    const before = await world.names("replicasets,pods");
    await world.commit("web", [realDeployment("web")]);
    expect(await world.ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await world.until(({ health }) => health !== "Progressing")).toMatchObject({ health: "Healthy" });
    expect(await world.names("replicasets,pods")).toEqual(before);
  });

  it("keeps what its controllers wrote: status and revision", async () => {
    const world = await given();
    await byKubectl(world, realDeployment("web"));
    await world.by("wait", "deployment/web", "--for=condition=Available", "--timeout=20s");
    await world.commit("web", [realDeployment("web")]);
    await world.ended();
    expect(await world.field("deployment/web", "{.status.readyReplicas}")).toBe("1");
    expect(await world.field("deployment/web", String.raw`{.metadata.annotations.deployment\.kubernetes\.io/revision}`)).toBe("1");
  });
});

describe("ClientSideApplyMigration=false", () => {
  it.each([
    ["of the Application", ["ClientSideApplyMigration=false"], {}],
    ["of the object", [], argo({ "sync-options": "ClientSideApplyMigration=false" })],
  ])("%s leaves the fields of other managers to them", async (_, options, metadata) => {
    const world = await given(options);
    await byKubectl(world, both);
    await world.commit("web", [configMap("settings", { keep: "2" }, metadata)]);
    expect(await world.ended()).toMatchObject({ phase: "Succeeded" });
    expect(await world.field("configmap/settings", data)).toBe('{"drop":"1","keep":"2"}');
  });
});
