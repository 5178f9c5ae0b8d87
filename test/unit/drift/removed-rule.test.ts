import { describe, expect, it } from "vitest";
import type { Application, IgnoreDifference } from "../../../shared/model/application.ts";
import { noCustomizations } from "../../../shared/model/customizations.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { deleteCustomizations, writeCustomizations } from "../../../shared/state/settings.ts";
import { scanned, withoutSelfHeal } from "../../support/drift-scanned.ts";
import { anApplication } from "../../support/sync-world.ts";

const deployment = (name: string): Manifest => ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec: { replicas: 2 } });
const at = (name: string) => ({ apiVersion: "apps/v1", kind: "Deployment", namespace: "production", name });
const rule: IgnoreDifference = {
  group: "apps",
  kind: "Deployment",
  jsonPointers: ["/spec/replicas"],
  jqPathExpressions: [],
  managedFieldsManagers: [],
};

/**
 * A rule in argocd-cm hides replicas that somebody changed, and a sync has seen the objects in that version. Such an edit stayed unseen for ever when
 * the rule went: same resourceVersion, nothing moved.
 */
const hidden = async (count = 1, application: Partial<Application> = {}) => {
  const names = Array.from({ length: count }, (_, index) => `front-${index}`);
  const world = await scanned(application, { manifests: names.map(deployment) });
  await writeCustomizations(world.table, { ...noCustomizations, ignoreDifferences: [rule] });
  await world.ask();
  await world.sync();
  for (const name of names)
    world.cluster.edit(at(name), "some-controller", (object) => ({ ...object, spec: { ...Object(object.spec), replicas: 5 } }));
  await world.ask();
  await world.sync();
  await world.scan();
  world.syncs.take();
  return world;
};

describe("an edit that an ignore rule hid", () => {
  it("is no drift while the rule stands, and costs nothing", async () => {
    const { scan, syncs, cluster, table, live } = await hidden();
    const [writes, calls] = [table.writes, cluster.calls.length];
    await scan();
    const scanning = table.writes - writes;
    await scan();
    expect(table.writes - writes).toBe(2 * scanning);
    expect(cluster.calls.slice(calls).filter((call) => /^(apply|dry-run) /.test(call))).toEqual([]);
    expect(syncs.take()).toEqual([]);
    expect(live("front-0", "Deployment")).toMatchObject({ spec: { replicas: 5 } });
  });

  it("is drift when the rule goes from argocd-cm, and healed", async () => {
    const { scan, sync, syncs, table, live } = await hidden();
    await deleteCustomizations(table);
    await scan();
    expect(syncs.take()).toHaveLength(1);
    await sync();
    expect(live("front-0", "Deployment")).toMatchObject({ spec: { replicas: 2 } });
  });

  it("is told once where drift is only reported", async () => {
    const { scan, table, history, state } = await hidden(1, withoutSelfHeal);
    await deleteCustomizations(table);
    await scan();
    await scan();
    expect((await history()).filter(({ kind }) => kind === "drift-found")).toEqual([
      expect.objectContaining({ reason: expect.stringContaining("spec.replicas is 5 instead of 2") }),
    ]);
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync", drifted: true });
  });

  it("is taken back by the sync that the Application's own declaration without the rule wishes for", async () => {
    const { declare, commit, sync, scan, live, cluster, ask } = await scanned(
      { ignoreDifferences: [rule] },
      { manifests: [deployment("front-0")] },
    );
    cluster.edit(at("front-0"), "some-controller", (object) => ({ ...object, spec: { ...Object(object.spec), replicas: 5 } }));
    await ask();
    await sync();
    await scan();
    await declare(anApplication());
    await commit("web", [deployment("front-0")]);
    await sync();
    expect(live("front-0", "Deployment")).toMatchObject({ spec: { replicas: 2 } });
  });
});

describe("objects that another rule is about by now", () => {
  // Controllers write status all the time, and the new rule gives every object another fingerprint: all of them looked moved at once.
  it("are not healed for it, though somebody writes to them meanwhile", async () => {
    const { scan, syncs, table, cluster } = await scanned({}, { manifests: [deployment("front-0")] });
    await writeCustomizations(table, { ...noCustomizations, ignoreDifferences: [rule] });
    cluster.edit(at("front-0"), "kube-controller-manager", (object) => ({ ...object, status: { replicas: 2 } }));
    await scan();
    expect(syncs.take()).toEqual([]);
  });

  it("are looked at anew at a pace, each once", async () => {
    const { scan, syncs, table, cluster } = await scanned(
      {},
      { manifests: Array.from({ length: 45 }, (_, index) => deployment(`front-${index}`)) },
    );
    await writeCustomizations(table, { ...noCustomizations, ignoreDifferences: [{ ...rule, jsonPointers: ["/spec/replicas"] }] });
    const looked: number[] = [];
    for (let scans = 0; scans < 4; scans++) {
      const calls = cluster.calls.length;
      await scan();
      looked.push(cluster.calls.slice(calls).filter((call) => call.startsWith("dry-run ")).length);
    }
    expect(looked).toEqual([20, 20, 5, 0]);
    const writes = table.writes;
    await scan();
    const scanning = table.writes - writes;
    await scan();
    expect(table.writes - writes).toBe(2 * scanning);
    expect(syncs.take()).toEqual([]);
  });
});
