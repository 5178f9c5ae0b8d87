import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string, policy?: string) => ({
  annotations: {
    "argocd.argoproj.io/hook": phase,
    ...(policy && { "argocd.argoproj.io/hook-delete-policy": policy }),
  },
});

const begun = async (manifests: readonly Manifest[]) => {
  const given = syncWorld();
  await given.declare(anApplication());
  await given.commit("web", manifests);
  /** The wait that was asked for, then the next step. */
  const step = async () => {
    const next = await given.sync();
    given.pass(next.done ? 0 : next.seconds * 1000);
    return next;
  };
  return { ...given, step };
};

describe("a PreSync hook", () => {
  it("completes before anything is applied", async () => {
    const { step, live, cluster, state } = await begun([job("migrate", hook("PreSync")), configMap("settings")]);
    await step();
    expect(live("migrate", "Job")).toBeDefined();
    await step();
    expect(live("settings")).toBeUndefined();
    expect((await state()).reason).toContain("PreSync, wave 0: waiting for Job production/migrate");
    endJob(cluster, "migrate", "Complete");
    await step();
    expect(live("settings")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });

  it("that fails keeps everything from being applied, and is the reason", async () => {
    const { step, live, cluster, state } = await begun([job("migrate", hook("PreSync")), configMap("settings")]);
    await step();
    endJob(cluster, "migrate", "Failed", "Job has reached the specified backoff limit");
    await step();
    expect(live("settings")).toBeUndefined();
    expect(await state()).toMatchObject({
      phase: "Failed",
      reason: "PreSync hook Job production/migrate: Job has reached the specified backoff limit",
    });
  });

  it("has a finalizer until the operation ends, so that nobody clears it away before its end was seen", async () => {
    const { step, live, cluster } = await begun([job("migrate", hook("PreSync")), configMap("settings")]);
    await step();
    expect(live("migrate", "Job")?.metadata.finalizers).toEqual(["argocd.argoproj.io/hook-finalizer"]);
    endJob(cluster, "migrate", "Complete");
    await step();
    expect(live("migrate", "Job")?.metadata.finalizers).toEqual([]);
  });

  it("that somebody deletes before it ends has failed", async () => {
    const { step, live, cluster, state } = await begun([job("migrate", hook("PreSync")), configMap("settings")]);
    await step();
    const uid = String(live("migrate", "Job")?.metadata.uid);
    await cluster.delete(
      { apiVersion: "batch/v1", kind: "Job", namespace: "production", name: "migrate" },
      { uid, propagation: "Background" },
    );
    await step();
    expect((await state()).reason).toBe("PreSync hook Job production/migrate: was deleted before it completed");
  });
});

describe("a PostSync hook", () => {
  it("begins when all waves are healthy, and the operation ends when it has", async () => {
    const { step, live, cluster, state } = await begun([configMap("settings"), job("smoke", hook("PostSync"))]);
    await step();
    expect([live("settings"), live("smoke", "Job")]).toEqual([expect.anything(), undefined]);
    await step();
    expect(live("smoke", "Job")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Running" });
    endJob(cluster, "smoke", "Complete");
    await step();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });
});

describe("a SyncFail hook", () => {
  const manifests = [job("migrate", hook("PreSync")), configMap("settings"), job("alarm", hook("SyncFail"))];

  it("runs when the operation has failed, and the operation ends as it had to", async () => {
    const { step, live, cluster, state } = await begun(manifests);
    await step();
    endJob(cluster, "migrate", "Failed", "no such table");
    await step();
    expect(live("alarm", "Job")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Running" });
    endJob(cluster, "alarm", "Complete");
    await step();
    expect(await state()).toMatchObject({ phase: "Failed", reason: "PreSync hook Job production/migrate: no such table" });
  });

  it("does not run in an operation that succeeds", async () => {
    const { step, live, cluster } = await begun(manifests);
    await step();
    endJob(cluster, "migrate", "Complete");
    await step();
    expect(live("alarm", "Job")).toBeUndefined();
  });
});

describe("the object of a hook", () => {
  it("is deleted and created anew by the next operation (BeforeHookCreation, the default)", async () => {
    const { step, commit, live, cluster } = await begun([job("migrate", hook("PreSync")), configMap("settings")]);
    await step();
    endJob(cluster, "migrate", "Complete");
    await step();
    const first = live("migrate", "Job")?.metadata.uid;
    await commit("web", [job("migrate", hook("PreSync")), configMap("settings", { v: "2" })]);
    await step();
    expect(live("migrate", "Job")?.metadata.uid).not.toBe(first);
    expect(live("settings")).not.toMatchObject({ data: { v: "2" } });
  });

  it("is deleted when the whole operation has succeeded (HookSucceeded), not before", async () => {
    const { step, live, cluster, table } = await begun([
      job("migrate", hook("PreSync", "HookSucceeded")),
      configMap("settings"),
      job("smoke", hook("PostSync", "HookSucceeded")),
    ]);
    await step();
    endJob(cluster, "migrate", "Complete");
    await step();
    await step();
    expect(live("migrate", "Job")).toBeDefined();
    endJob(cluster, "smoke", "Complete");
    await step();
    expect([live("migrate", "Job"), live("smoke", "Job")]).toEqual([undefined, undefined]);
    expect(JSON.stringify(await table.get({ pk: "app#web", sk: "inventory" }))).not.toContain("migrate");
  });

  it("is deleted when the operation has failed (HookFailed), and stays otherwise", async () => {
    const { step, live, cluster } = await begun([
      job("first", hook("PreSync", "HookSucceeded")),
      job("second", hook("PreSync", "HookFailed")),
      configMap("settings"),
    ]);
    await step();
    endJob(cluster, "first", "Complete");
    endJob(cluster, "second", "Failed");
    await step();
    expect([live("first", "Job"), live("second", "Job")]).toEqual([expect.anything(), undefined]);
    expect([live("first", "Job"), live("second", "Job")]).toEqual([expect.anything(), undefined]);
  });

  it("gets a name from generateName, the revision, the phase and the start of the operation", async () => {
    const named: Manifest = { ...job("", hook("PreSync")), metadata: { ...job("", hook("PreSync")).metadata, generateName: "migrate-" } };
    const { step, cluster } = await begun([named, configMap("settings")]);
    await step();
    const names = cluster.objects().flatMap(({ kind, metadata }) => (kind === "Job" ? [metadata.name] : []));
    expect(names).toEqual([expect.stringMatching(/^migrate-[0-9a-f]{7}-presync-1700000000$/)]);
  });

  it("is never pruned, and is no drift", async () => {
    const { step, commit, live, cluster, state } = await begun([job("migrate", hook("PreSync")), configMap("settings")]);
    await step();
    endJob(cluster, "migrate", "Complete");
    await step();
    await commit("web", [configMap("settings")]);
    await step();
    expect(live("migrate", "Job")).toBeDefined();
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });

  it("is left alone where it belongs to another Application", async () => {
    const { step, live, cluster, state, declare } = await begun([job("migrate", hook("PreSync")), configMap("settings")]);
    await declare(anApplication({ name: "other" }));
    const theirs = { ...job("migrate"), metadata: { name: "migrate", namespace: "production" } };
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "production" } }, { fieldManager: "x", force: true });
    const annotations = { "argocd.argoproj.io/tracking-id": "other:batch/Job:production/migrate" };
    await cluster.apply({ ...theirs, metadata: { ...theirs.metadata, annotations } }, { fieldManager: "x", force: true });
    const before = live("migrate", "Job")?.metadata.uid;
    await step();
    expect(live("migrate", "Job")?.metadata.uid).toBe(before);
    expect((await state()).reason).toBe("PreSync hook Job production/migrate: belongs to Application other");
  });
});

describe("an Application of hooks only", () => {
  it("runs them once for each revision that changes them", async () => {
    const { step, cluster, live, state, commit } = await begun([job("migrate", hook("PreSync", "HookSucceeded"))]);
    await step();
    endJob(cluster, "migrate", "Complete");
    await step();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
    await step();
    expect(live("migrate", "Job")).toBeUndefined();
    await commit("web", [{ ...job("migrate", hook("PreSync", "HookSucceeded")), spec: { backoffLimit: 1 } }]);
    await step();
    expect(live("migrate", "Job")).toBeDefined();
  });
});

describe("a hook that is applied in no phase", () => {
  it.each([["Skip"], ["Presync"], ["PreSync,Skip"]])("is one that says %s", async (phase) => {
    const { step, live, state } = await begun([job("migrate", hook(phase)), configMap("settings")]);
    await step();
    expect([live("migrate", "Job"), live("settings")]).toEqual([undefined, expect.anything()]);
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });
});

describe("a sync that brings back what drifted", () => {
  it("runs no hooks", async () => {
    const { step, live, cluster, wishDrift } = await begun([
      job("migrate", hook("PreSync", "HookSucceeded")),
      configMap("settings", { v: "1" }),
    ]);
    await step();
    endJob(cluster, "migrate", "Complete");
    await step();
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" }, "kubectl-edit", (object) => ({
      ...object,
      data: { v: "2" },
    }));
    await wishDrift();
    await step();
    expect(live("settings")).toMatchObject({ data: { v: "1" } });
    expect(live("migrate", "Job")).toBeUndefined();
  });
});
