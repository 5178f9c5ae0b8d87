import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../shared/model/manifest.ts";
import type { Cluster } from "../../shared/ports/cluster.ts";
import { testCluster } from "../support/cluster-client.ts";
import type { TestControlPlane } from "../support/control-plane.ts";
import { argo, realDeployment, realJob, realSyncWorld } from "../support/real-sync-world.ts";
import { configMap } from "../support/sync-world.ts";

let controlPlane: TestControlPlane;
let cluster: Cluster;
beforeAll(async () => {
  ({ controlPlane, cluster } = await testCluster());
});
afterAll(() => cluster.close());

const given = async (manifests: readonly Manifest[]) => {
  const world = await realSyncWorld(controlPlane, cluster);
  await world.declare(world.application());
  await world.commit("web", manifests);
  return world;
};
const finalizers = "{.metadata.finalizers}";

describe("hooks of one operation", () => {
  it("run phase by phase: PreSync, Sync beside the objects, PostSync when they are healthy; SyncFail not at all", async () => {
    const { ended, writes, names } = await given([
      realJob("smoke", argo({ hook: "PostSync" })),
      realJob("alarm", argo({ hook: "SyncFail" })),
      realJob("warm", argo({ hook: "Sync" })),
      realJob("migrate", argo({ hook: "PreSync" })),
      realJob("never", argo({ hook: "Skip" })),
      realJob("garbage", argo({ hook: "Presync" })),
      realDeployment("web"),
      configMap("settings"),
    ]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(writes.filter((write) => !write.startsWith("patch"))).toEqual([
      "create Job migrate",
      "apply ConfigMap settings",
      "apply Deployment web",
      "create Job warm",
      "create Job smoke",
    ]);
    expect(await names("jobs")).toEqual(["job.batch/migrate", "job.batch/smoke", "job.batch/warm"]);
  });

  it("run in every phase that a comma list names, each time anew", async () => {
    const { ended, writes } = await given([realJob("both", argo({ hook: "PreSync,PostSync" })), configMap("settings")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(writes.filter((write) => write.startsWith("create"))).toEqual(["create Job both", "create Job both"]);
  });

  it("run wave after wave within their phase", async () => {
    const { ended, writes } = await given([
      realJob("second", argo({ hook: "PreSync", "sync-wave": "2" })),
      realJob("first", argo({ hook: "PreSync", "sync-wave": "-1" })),
      configMap("settings"),
    ]);
    await ended();
    expect(writes.filter((write) => !write.startsWith("patch"))).toEqual([
      "create Job first",
      "create Job second",
      "apply ConfigMap settings",
    ]);
  });

  it("may be of any kind: one without a health check is done when it is there", async () => {
    const { ended, names } = await given([configMap("notes", {}, argo({ hook: "PreSync" })), configMap("settings")]);
    expect(await ended()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(await names("configmaps")).toEqual(["configmap/notes", "configmap/settings"]);
  });
});

describe("a hook that fails", () => {
  it("in PreSync keeps everything from being applied; SyncFail hooks run, and the Job's own words are the reason", async () => {
    const { ended, names } = await given([
      realJob("migrate", argo({ hook: "PreSync" }), "fail"),
      realJob("alarm", argo({ hook: "SyncFail" })),
      configMap("settings"),
    ]);
    const { phase, reason } = await ended();
    expect(phase).toBe("Failed");
    expect(reason).toMatch(/^PreSync hook Job sync-\w+\/migrate: .*backoff limit/);
    expect(await names("jobs,configmaps")).toEqual(["job.batch/alarm", "job.batch/migrate"]);
  });

  it("in PostSync fails the operation, and what was applied stays", async () => {
    const { ended, names } = await given([realJob("smoke", argo({ hook: "PostSync" }), "fail"), configMap("settings")]);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("PostSync hook Job") });
    expect(await names("configmaps")).toEqual(["configmap/settings"]);
  });

  it("in SyncFail does not hide what it was to tell of", async () => {
    const { ended } = await given([
      realJob("migrate", argo({ hook: "PreSync" }), "fail"),
      realJob("alarm", argo({ hook: "SyncFail" }), "fail"),
      configMap("settings"),
    ]);
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("/migrate") });
  });

  it("runs again when the operation is tried again", async () => {
    const { ended, until, field } = await given([realJob("migrate", argo({ hook: "PreSync" }), "fail"), configMap("settings")]);
    await ended();
    const first = await field("job/migrate", "{.metadata.uid}");
    await until(({ attempt }) => attempt === 2);
    expect(await field("job/migrate", "{.metadata.uid}")).not.toBe(first);
  });
});

describe("a hook that hangs", () => {
  it("is waited for until somebody ends the operation, and goes with it", async () => {
    const { until, ended, wishTermination, names, step } = await given([
      realJob("migrate", argo({ hook: "PreSync" }), "hang"),
      configMap("settings"),
    ]);
    await until(({ reason }) => reason?.includes("waiting for Job") ?? false);
    for (let looks = 0; looks < 3; looks++) await step();
    expect(await names("configmaps,jobs")).toEqual(["job.batch/migrate"]);
    await wishTermination();
    expect(await ended()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("ada terminated the operation in PreSync") });
    expect(await names("configmaps,jobs")).toEqual([]);
  });
});

describe("the object of a hook", () => {
  it("is kept by a finalizer from being cleared away before its end was seen", async () => {
    const hook = realJob("migrate", argo({ hook: "PreSync" }));
    const spec = typeof hook.spec === "object" && !Array.isArray(hook.spec) ? hook.spec : {};
    const { step, ended, by, field } = await given([{ ...hook, spec: { ...spec, ttlSecondsAfterFinished: 0 } }, configMap("settings")]);
    await step();
    expect(await field("job/migrate", finalizers)).toContain("argocd.argoproj.io/hook-finalizer");
    await by("wait", "job/migrate", "--for=condition=Complete", "--timeout=30s");
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
  });

  it("is free of our finalizer when the operation has ended, and gone where HookSucceeded asks for it", async () => {
    const { ended, field, names } = await given([
      realJob("stays", argo({ hook: "PreSync" })),
      realJob("goes", argo({ hook: "PreSync", "hook-delete-policy": "HookSucceeded" })),
      realJob("fails-only", argo({ hook: "PostSync", "hook-delete-policy": "HookFailed" })),
      configMap("settings"),
    ]);
    await ended();
    expect(await field("job/stays", finalizers)).toBe("");
    expect(await names("jobs")).toEqual(["job.batch/fails-only", "job.batch/stays"]);
  });

  it("goes when the operation fails where HookFailed asks for it", async () => {
    const { ended, names } = await given([
      realJob("done", argo({ hook: "PreSync", "hook-delete-policy": "HookFailed" })),
      realJob("broken", argo({ hook: "PreSync", "sync-wave": "1", "hook-delete-policy": "HookSucceeded" }), "fail"),
      configMap("settings"),
    ]);
    expect(await ended()).toMatchObject({ phase: "Failed" });
    expect(await names("jobs")).toEqual(["job.batch/broken"]);
  });

  it("makes room for the next run of the same name, finalizer and all", async () => {
    const hook = realJob("migrate", argo({ hook: "PreSync" }));
    const { ended, commit, field } = await given([hook, configMap("settings")]);
    await ended();
    const first = await field("job/migrate", "{.metadata.uid}");
    await commit("web", [hook, configMap("settings", { v: "2" })]);
    expect(await ended()).toMatchObject({ phase: "Succeeded" });
    expect(await field("job/migrate", "{.metadata.uid}")).not.toBe(first);
    expect(await field("configmap/settings", "{.data.v}")).toBe("2");
  });

  it("is named anew for each operation from generateName", async () => {
    const { metadata, ...rest } = realJob("", argo({ hook: "PreSync" }));
    const hook: Manifest = { ...rest, metadata: { ...metadata, generateName: "migrate-" } };
    const { ended, commit, names, pass } = await given([hook, configMap("settings")]);
    await ended();
    pass(2_000);
    await commit("web", [hook, configMap("settings", { v: "2" })], "abcdef0123456789abcdef0123456789abcdef01");
    await ended();
    expect(await names("jobs")).toEqual(
      [
        expect.stringMatching(/^job\.batch\/migrate-[0-9a-f]{7}-presync-\d{10}$/),
        expect.stringMatching(/^job\.batch\/migrate-abcdef0-presync-\d{10}$/),
      ].toSorted(),
    );
  });
});
