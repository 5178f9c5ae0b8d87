import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { wish } from "../../../../shared/state/wishes.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string, policy = "BeforeHookCreation") => ({
  annotations: { "argocd.argoproj.io/hook": phase, "argocd.argoproj.io/hook-delete-policy": policy },
});
const at = { apiVersion: "batch/v1", kind: "Job", namespace: "production", name: "migrate" };
const trackedBy = (application: string, name = "migrate") => ({
  "argocd.argoproj.io/tracking-id": `${application}:batch/Job:production/${name}`,
});

/** Where somebody's Job has the name of the hook. */
const found = async (annotations: Record<string, string>, policy?: string) => {
  const given = syncWorld();
  await given.declare(anApplication());
  const by = { fieldManager: "kubectl-client-side-apply", force: true };
  await given.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "production" } }, by);
  const theirs: Manifest = job("migrate", { namespace: "production", annotations, finalizers: ["argocd.argoproj.io/hook-finalizer"] });
  await given.cluster.apply(theirs, by);
  const before = given.live("migrate", "Job");
  await given.commit("web", [job("migrate", hook("PreSync", policy)), configMap("settings")]);
  return { ...given, before };
};

describe("an object that has the name of a hook", () => {
  it.each([
    ["and that no operation made", {}, "BeforeHookCreation"],
    ["and that no operation made, where it would be used again", {}, "HookSucceeded"],
    ["as a copy of an object of this Application", trackedBy("web", "original"), "BeforeHookCreation"],
  ])("%s is left alone, and named", async (_, annotations, policy) => {
    const { sync, live, state, before } = await found(annotations, policy);
    await sync();
    expect(live("migrate", "Job")).toEqual(before);
    expect(live("settings")).toBeUndefined();
    expect(await state()).toMatchObject({
      phase: "Failed",
      reason:
        "PreSync hook Job production/migrate: an object of this name is there that no sync of web created; " +
        "it is left alone: delete it, or give the hook another name",
    });
  });

  it.each([
    ["this Application's own tracking id", trackedBy("web")],
    ["Argo CD's hook annotation, of one that tracks by label", { "argocd.argoproj.io/hook": "PreSync" }],
    ["Helm's hook annotation", { "helm.sh/hook": "pre-install" }],
  ])("goes before the hook is created where it has %s", async (_, annotations) => {
    const { sync, live, before } = await found(annotations);
    await sync();
    expect(live("migrate", "Job")?.metadata.uid).not.toBe(before?.metadata.uid);
  });
});

describe("an object that took the place of a hook's while that ran", () => {
  const running = async (annotations: Record<string, string>) => {
    const given = syncWorld();
    await given.declare(anApplication());
    await given.commit("web", [job("migrate", hook("PreSync", "HookFailed")), configMap("settings")]);
    await given.sync();
    given.cluster.edit(at, "kubectl-edit", ({ metadata, ...live }) => ({ ...live, metadata: { ...metadata, annotations } }));
    given.pass(2_000);
    return given;
  };

  it("stays when the operation fails, although the hook's would go, and is not held by our finalizer", async () => {
    const { sync, live, state } = await running({});
    await sync();
    expect(await state()).toMatchObject({ phase: "Failed" });
    expect(live("migrate", "Job")?.metadata.finalizers).toEqual([]);
  });

  it("stays as it is where another Application tracks it", async () => {
    const { sync, live } = await running(trackedBy("other"));
    await sync();
    expect(live("migrate", "Job")?.metadata.finalizers).toEqual(["argocd.argoproj.io/hook-finalizer"]);
  });

  it("stays when the Application goes", async () => {
    const { table, settle, live, world, cluster } = await running({});
    await wish(table, "web", { removal: "cascade", trigger: "registry" }, world.clock.now());
    await settle(() => endJob(cluster, "migrate", "Complete"));
    expect(live("migrate", "Job")).toBeDefined();
  });
});
