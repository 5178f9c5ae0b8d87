import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { fakeCluster } from "../fakes/fake-cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { simulatedCluster } from "./simulated.ts";

describe.each([
  ["the fake", async () => fakeCluster()],
  ["a simulated one", async () => simulatedCluster()],
  ["a real API server", async () => (await testCluster()).cluster],
] as const)("a review on a cluster (%s)", (_, open) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await open();
  });
  afterAll(() => cluster.close());

  it("has no name, is answered in its status, and is stored nowhere", async () => {
    const resourceAttributes = { group: "", resource: "configmaps", namespace: "default", verb: "list" };
    const review = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      metadata: { name: "" },
      spec: { resourceAttributes },
    };
    const answer = await cluster.create(review, { fieldManager: "fairlead" });
    expect(answer).toMatchObject({ state: "applied", object: { kind: "SelfSubjectAccessReview", status: { allowed: true } } });
    // Asked again, there is nothing of this name that it could meet.
    expect(await cluster.create(review, { fieldManager: "fairlead" })).toMatchObject({ state: "applied" });
  });

  it("is of a kind that can be created, and nothing else", async () => {
    const { kinds } = await cluster.discover();
    const review = kinds.find(({ kind }) => kind === "SelfSubjectAccessReview");
    expect(review).toMatchObject({ apiVersion: "authorization.k8s.io/v1", namespaced: false, verbs: ["create"] });
  });
});
