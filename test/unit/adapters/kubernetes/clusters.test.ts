import { describe, expect, it } from "vitest";
import { openClusters } from "../../../../shared/adapters/kubernetes/clusters.ts";
import type { ClusterRecord } from "../../../../shared/model/cluster.ts";
import { Failure } from "../../../../shared/model/failure.ts";

/** Nothing listens there. */
const record: ClusterRecord = { name: "prod", server: "https://127.0.0.1:1", credentials: "prod", network: "public" };

const world = (records: Record<string, ClusterRecord>, token: () => string | undefined = () => "t") => {
  const reads: string[] = [];
  const read = async (name: string) => {
    reads.push(name);
    const value = token();
    return value === undefined ? undefined : { token: value };
  };
  const describeEks = async () => {
    throw new Failure("ClusterForbidden", "prod", "not allowed");
  };
  return { reads, clusters: openClusters({ record: async (name) => records[name], secrets: { read }, describeEks, allowLoopback: true }) };
};

describe("connections to registered clusters", () => {
  it("are shared while they are warm", async () => {
    const { clusters, reads } = world({ prod: record });
    const [first, second] = await Promise.all([clusters.connect("prod"), clusters.connect("prod")]);
    expect(second).toBe(first);
    expect(await clusters.connect("prod")).toBe(first);
    expect(reads).toHaveLength(1);
  });

  it("are opened anew when the cluster's record changed", async () => {
    const records = { prod: record };
    const { clusters } = world(records);
    const first = await clusters.connect("prod");
    records.prod = { ...record, server: "https://127.0.0.1:2" };
    expect(await clusters.connect("prod")).not.toBe(first);
  });

  it("are opened anew after a failure: the cluster may have moved", async () => {
    const { clusters } = world({ prod: record });
    const first = await clusters.connect("prod");
    await expect(first.list({ apiVersion: "v1", kind: "Pod" })).rejects.toMatchObject({ code: "ClusterUnreachable" });
    expect(await clusters.connect("prod")).not.toBe(first);
  });

  it("of one cluster that is down delay no other", async () => {
    const { clusters } = world({ prod: record, eks: { name: "eks", eks: { cluster: "x", region: "eu-west-1" }, network: "public" } });
    await expect(clusters.connect("eks")).rejects.toMatchObject({ code: "ClusterForbidden" });
    await clusters.connect("prod");
  });

  it("are not there for a name that nobody registered", async () => {
    await expect(world({}).clusters.connect("prud")).rejects.toMatchObject({ code: "DestinationUnknown", subject: "prud" });
  });

  it("fail for now, and not for ever, while the secret store lacks the entry", async () => {
    let token: string | undefined;
    const { clusters } = world({ prod: record }, () => token);
    await expect(clusters.connect("prod")).rejects.toMatchObject({ code: "SecretMissing" });
    token = "t";
    await clusters.connect("prod");
  });
});
