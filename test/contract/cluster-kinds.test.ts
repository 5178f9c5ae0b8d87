import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { fakeCluster } from "../fakes/fake-cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { crdOf } from "../support/crd.ts";
import { eventually } from "../support/eventually.ts";
import { simulatedCluster } from "./simulated.ts";

const ours = { fieldManager: "fairlead", force: true };

const crd = crdOf("kinds.example.com", "buoys", "Buoy");
const buoy = { apiVersion: "kinds.example.com/v1", kind: "Buoy", metadata: { name: "red", namespace: "kinds" }, data: { at: "quay" } };
const at = ({ apiVersion, kind, metadata: { name, namespace = "" } }: Manifest) => ({ apiVersion, kind, name, namespace });

describe.each([
  ["the fake", async () => fakeCluster()],
  ["a simulated one", async () => simulatedCluster()],
  ["a real API server", async () => (await testCluster()).cluster],
] as const)("a kind that a CRD brings (%s)", (_, open) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await open();
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kinds" } }, ours);
  });
  afterAll(() => cluster.close());

  const isServed = async (): Promise<boolean> => (await cluster.discover({ fresh: true })).kinds.some(({ kind }) => kind === "Buoy");

  it("is refused before, served after, and goes with all its objects when the CRD does", async () => {
    expect(await cluster.apply(buoy, ours)).toMatchObject({ state: "refused", reason: "NotFound" });

    const made = await cluster.apply(crd, ours);
    await eventually("a buoy is taken", async () => (await cluster.apply(buoy, ours)).state === "applied");
    expect(await isServed()).toBe(true);

    const { uid = "" } = made.state === "applied" ? made.object.metadata : {};
    await cluster.delete(at(crd), { uid, propagation: "Background" });
    await eventually("the buoy goes", async () => (await cluster.get(at(buoy))).state === "absent");
    await eventually("the CRD goes", async () => (await cluster.get(at(crd))).state === "absent");
    await eventually("buoys are served no more", async () => !(await isServed()));
  });
});
