import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../infra/local/control-plane/start.ts";
import { openCluster } from "../../shared/adapters/kubernetes/cluster.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";

let folder: string;
let controlPlane: ControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-outage-"));
  controlPlane = await startControlPlane({ name: "outage", folder });
  const address = { name: "outage", server: new URL(controlPlane.server), ca: controlPlane.ca, allowLoopback: true };
  cluster = openCluster(address, { token: async () => controlPlane.token });
});
afterAll(async () => {
  await cluster?.close();
  await controlPlane?.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = { apiVersion: "v1", kind: "Namespace", namespace: "", name: "default" };

describe("a cluster in trouble", () => {
  it("is unreachable while its API server is down, and there again on the same client when it is up", async () => {
    expect(await cluster.get(at)).toMatchObject({ state: "found" });
    await controlPlane.stopApiServer();
    await expect(cluster.get(at)).rejects.toMatchObject({ code: "ClusterUnreachable", retry: true });
    await controlPlane.startApiServer();
    expect(await cluster.get(at)).toMatchObject({ state: "found" });
  });

  it("serves its other kinds while an aggregated group's server is down, which is not taken for absent", async () => {
    const service: Manifest = {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.example.org" },
      spec: {
        group: "metrics.example.org",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: "gone", namespace: "default" },
      },
    };
    expect(await cluster.apply(service, { fieldManager: "fairlead", force: true })).toMatchObject({ state: "applied" });
    await expect.poll(async () => (await cluster.discover({ fresh: true })).unavailable).toContain("metrics.example.org/v1beta1");
    expect((await cluster.discover()).kinds).toContainEqual(expect.objectContaining({ kind: "Deployment" }));
    const list = cluster.list({ apiVersion: "metrics.example.org/v1beta1", kind: "PodMetrics" });
    await expect(list).rejects.toMatchObject({ code: "ClusterBusy", retry: true });
  });
});
