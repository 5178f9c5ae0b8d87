import { describe, expect, it } from "vitest";
import { boundToAbsence } from "../../shared/diff/bound.ts";
import type { Manifest } from "../../shared/model/manifest.ts";
import { fakeCluster } from "../fakes/fake-cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import { simulatedCluster } from "./simulated.ts";

const ours = { fieldManager: "fairlead", force: true };
const configMap = (data: Record<string, string>): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "only-new", namespace: "creates" },
  data,
});

describe.each([
  ["the fake", async () => fakeCluster()],
  ["a simulated one", async () => simulatedCluster()],
  ["a real API server", async () => (await testCluster()).cluster],
] as const)("an apply that is bound to absence (%s)", (_, open) => {
  it("creates what is not there, also in a dry run, and is a conflict with what is, whoever applied it", async () => {
    const cluster = await open();
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "creates" } }, ours);
    const tried = await cluster.apply(boundToAbsence(configMap({ from: "first" })), { ...ours, dryRun: true });
    expect(tried).toMatchObject({ state: "applied", created: true });
    const first = await cluster.apply(boundToAbsence(configMap({ from: "first" })), ours);
    expect(first).toMatchObject({ state: "applied", created: true, object: { data: { from: "first" } } });
    expect(await cluster.apply(boundToAbsence(configMap({ from: "late" })), ours)).toMatchObject({ state: "conflict" });
    expect(await cluster.apply(configMap({ from: "first" }), ours)).toMatchObject({ state: "applied", created: false });
    await cluster.close();
  });
});
