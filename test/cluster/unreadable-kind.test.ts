import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { knowingOthers } from "../../shared/drift/unreadable-kinds.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { eventually } from "../support/eventually.ts";

const ours = { fieldManager: "fairlead", force: true };
const group = "unreadable.example.com";
const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };

/** Objects are stored in v1; what is asked for in v2 is converted by a webhook that nobody runs any more. */
const crd: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `rafts.${group}` },
  spec: {
    group,
    names: { plural: "rafts", singular: "raft", kind: "Raft", listKind: "RaftList" },
    scope: "Namespaced",
    versions: [
      { name: "v1", served: true, storage: true, schema },
      { name: "v2", served: true, storage: false, schema },
    ],
    conversion: {
      strategy: "Webhook",
      webhook: { conversionReviewVersions: ["v1"], clientConfig: { url: "https://127.0.0.1:1/convert" } },
    },
  },
};
const raft = { apiVersion: `${group}/v1`, kind: "Raft", metadata: { name: "one", namespace: "rafts" } };
const asked = { apiVersion: `${group}/v2`, kind: "Raft" };

describe("a kind whose conversion webhook is away, with its operator", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    ({ cluster } = await testCluster());
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "rafts" } }, ours);
    await cluster.apply(crd, ours);
    await eventually("a raft is taken", async () => (await cluster.apply(raft, ours)).state === "applied");
    await cluster.discover({ fresh: true });
  });
  afterAll(async () => {
    const where = { apiVersion: crd.apiVersion, kind: crd.kind, namespace: "", name: crd.metadata.name };
    const found = await cluster.get(where);
    if (found.state === "found") await cluster.delete(where, { uid: found.object.metadata.uid ?? "", propagation: "Background" });
    await cluster.close();
  });

  it("is unavailable, and the server is not: the two were one, and a healthy cluster counted as away", async () => {
    const unavailable = { code: "KindUnavailable", retry: true, message: expect.stringContaining("conversion webhook") };
    await expect(cluster.list(asked)).rejects.toMatchObject(unavailable);
    await expect(cluster.get({ ...asked, namespace: "rafts", name: "one" })).rejects.toMatchObject(unavailable);
    expect(await cluster.list({ apiVersion: "v1", kind: "Namespace" })).toMatchObject({ state: "listed" });
  });

  it("is unknown to a scan, which tells it once and goes on", async () => {
    const told: string[] = [];
    const scanned = knowingOthers(cluster, (event) => void told.push(event));
    const unknown = { state: "forbidden", reason: expect.stringContaining("conversion webhook") };
    expect(await scanned.list(asked)).toMatchObject(unknown);
    expect(await scanned.get({ ...asked, namespace: "rafts", name: "one" })).toMatchObject(unknown);
    expect(await scanned.list({ apiVersion: "v1", kind: "Namespace" })).toMatchObject({ state: "listed" });
    expect(told).toEqual(["kind-unreadable"]);
  });
});
