import { describe, expect, it } from "vitest";
import type { IgnoreDifference } from "../../../shared/model/application.ts";
import { noCustomizations } from "../../../shared/model/customizations.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { writeCustomizations } from "../../../shared/state/settings.ts";
import { scanned } from "../../support/drift-scanned.ts";

const deployment: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "front" },
  spec: { replicas: 2, paused: false },
};
const front = { apiVersion: "apps/v1", kind: "Deployment", namespace: "production", name: "front" };
const rule = (change: Partial<IgnoreDifference>): IgnoreDifference => ({
  group: "apps",
  kind: "Deployment",
  jsonPointers: [],
  jqPathExpressions: [],
  managedFieldsManagers: [],
  ...change,
});

/** Synced, then scaled by some controller. */
const scaled = async (...ignoreDifferences: readonly IgnoreDifference[]) => {
  const world = await scanned({ ignoreDifferences }, { manifests: [deployment] });
  world.cluster.edit(front, "some-controller", (object) => ({ ...object, spec: { replicas: 5, paused: false } }));
  return world;
};

describe("a field that is left to others", () => {
  it.each([
    ["a pointer", rule({ jsonPointers: ["/spec/replicas"] })],
    ["a jq expression", rule({ jqPathExpressions: [".spec.replicas"] })],
    ["its manager", rule({ managedFieldsManagers: ["some-controller"] })],
  ])("by %s is no drift: no sync is wished for that would take it back", async (_, ignored) => {
    const { scan, syncs, state } = await scaled(ignored);
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });

  it("is drift without the rule, and so is another field beside it", async () => {
    const bare = await scaled();
    await bare.scan();
    expect(bare.syncs.take()).toHaveLength(1);

    const { cluster, scan, syncs } = await scaled(rule({ managedFieldsManagers: ["some-controller"] }));
    cluster.edit(front, "kubectl-edit", (object) => ({ ...object, spec: { replicas: 5, paused: true } }));
    await scan();
    expect(syncs.take()).toHaveLength(1);
  });

  it("is never guessed: a broken expression in argocd-cm is told, and nothing is wished for", async () => {
    const { table, scan, syncs, told } = await scaled();
    await writeCustomizations(table, { ...noCustomizations, ignoreDifferences: [rule({ jqPathExpressions: [".spec["] })] });
    await scan();
    expect(syncs.take()).toEqual([]);
    expect(told).toContainEqual({
      event: "scan-failed",
      facts: expect.objectContaining({ application: "web", code: "ConfigurationInvalid", reason: expect.stringContaining(".spec[") }),
    });
  });
});
