import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const given = async (manifests: readonly Manifest[]) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application());
  await world.commit("web", manifests);
  await world.ended();
  return world;
};

const version = (name: string, fields: readonly string[]) => ({
  name,
  served: true,
  storage: name === "v1",
  schema: {
    openAPIV3Schema: {
      type: "object",
      properties: {
        spec: { type: "object", properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }])) },
      },
    },
  },
});

const crd = (plural: string, kind: string, ...versions: readonly ReturnType<typeof version>[]): Manifest => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.ground.example` },
  spec: { group: "ground.example", scope: "Namespaced", names: { kind, plural, singular: kind.toLowerCase() }, versions: [...versions] },
});

const custom = (apiVersion: string, kind: string, spec: Readonly<Record<string, string>>): Manifest => ({
  apiVersion: `ground.example/${apiVersion}`,
  kind,
  metadata: { name: "one" },
  spec,
});

describe("a commit that changes a CRD together with its resources", () => {
  it("was refused by the dry run for ever, where they use a new field: what the server knows before the first write does not count", async () => {
    const { commit, until, field } = await given([
      crd("sloops", "Sloop", version("v1", ["hull"])),
      custom("v1", "Sloop", { hull: "oak" }),
      configMap("settings"),
    ]);
    await commit("web", [
      crd("sloops", "Sloop", version("v1", ["hull", "sail"])),
      custom("v1", "Sloop", { hull: "oak", sail: "red" }),
      configMap("settings", { v: "2" }),
    ]);
    expect(await until(({ phase, observedGeneration }) => phase === "Succeeded" && observedGeneration === 3)).toMatchObject({
      syncStatus: "Synced",
    });
    expect(await field("sloop/one", "{.spec.sail}")).toBe("red");
  });

  it("was refused, too, where they move to a version that it brings: that is looked for until it is served", async () => {
    const { commit, until, field } = await given([
      crd("yawls", "Yawl", version("v1", ["hull"])),
      custom("v1", "Yawl", { hull: "oak" }),
      configMap("settings"),
    ]);
    await commit("web", [
      crd("yawls", "Yawl", version("v1", ["hull", "sail"]), version("v2", ["hull", "sail"])),
      custom("v2", "Yawl", { hull: "oak", sail: "red" }),
      configMap("settings", { v: "2" }),
    ]);
    await until(({ phase, observedGeneration }) => phase === "Succeeded" && observedGeneration === 3);
    expect(await field("yawls.v2.ground.example/one", "{.spec.hull}")).toBe("oak");
  });
});

describe("a commit that renames an object which holds something that there is once", () => {
  it("was refused by the dry run for ever: a Service keeps its node port when the old one is gone", async () => {
    const service = (name: string): Manifest => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80, nodePort: 31_987, protocol: "TCP" }] },
    });
    const { commit, until, names } = await given([configMap("settings"), service("old")]);
    await commit("web", [configMap("settings", { v: "2" }), service("new")]);
    await until(({ phase, observedGeneration }) => phase === "Succeeded" && observedGeneration === 3);
    expect(await names("services")).toEqual(["service/new"]);
  });
});
