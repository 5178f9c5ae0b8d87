import { describe, expect, it } from "vitest";
import { offeredActions, runAction } from "../../../shared/actions/run-action.ts";
import { tracked } from "../../../shared/diff/tracking.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { keyOf } from "../../../shared/model/resource-key.ts";
import { anApplication, syncWorld } from "../../support/sync-world.ts";

const deployment = (name: string): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "default" },
  spec: { replicas: 1, template: { metadata: { labels: { app: name } } } },
});
const how = { fieldManager: "fairlead", force: true };

const open = async (options: Parameters<typeof syncWorld>[0] = {}) => {
  const here = syncWorld(options);
  await here.declare(anApplication());
  await here.declare(anApplication({ name: "api" }));
  await here.cluster.apply(tracked(deployment("web"), "web"), how);
  const run = (action: string, parameters = {}, object = keyOf(deployment("web")), application = "web") =>
    runAction({ application, object, action, parameters }, here.world);
  return { ...here, run };
};

describe("an action on a live object", () => {
  it("is done by one patch, and its result says so", async () => {
    const { run, live } = await open();
    expect(await run("scale", { replicas: "3" })).toEqual([{ key: keyOf(deployment("web")), action: "configured", code: "Synced" }]);
    expect(live("web", "Deployment")).toMatchObject({ spec: { replicas: 3 } });
    expect(live("web", "Deployment")?.metadata.managedFields?.map(({ manager }) => manager)).toContain("fairlead-action");
    expect(await run("scale", { replicas: "3" })).toMatchObject([{ action: "unchanged", message: "it is so already" }]);
  });

  it("is listed with the others that there are", async () => {
    const { world } = await open();
    const offered = await offeredActions({ application: "web", object: keyOf(deployment("web")) }, world);
    expect(offered.map(({ name }) => name)).toEqual(["restart", "scale", "pause", "resume"]);
  });

  it("looks again when somebody else was faster", async () => {
    let races = 2;
    const here = await open({
      before: (call) => {
        if (!call.startsWith("patch") || races-- <= 0) return;
        const at = { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: "web" };
        here.cluster.edit(at, "controller", (live) => ({ ...live, status: { seen: races } }));
      },
    });
    expect(await here.run("pause")).toMatchObject([{ action: "configured" }]);
    expect(here.live("web", "Deployment")).toMatchObject({ spec: { paused: true }, status: { seen: 0 } });
  });

  it("gives up when that goes on", async () => {
    let count = 0;
    const here = await open({
      before: (call) => {
        if (!call.startsWith("patch")) return;
        const at = { apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: "web" };
        here.cluster.edit(at, "controller", (live) => ({ ...live, status: { seen: count++ } }));
      },
    });
    await expect(here.run("pause")).rejects.toThrow("was changed by somebody else 5 times; ask again");
  });

  it("is refused for what belongs to another Application, or to nobody", async () => {
    const { run, cluster } = await open();
    await cluster.apply(deployment("free"), how);
    const refused = (name: string, application: string) => expect(run("restart", {}, keyOf(deployment(name)), application)).rejects;
    await refused("web", "api").toThrow("Deployment default/web does not belong to Application api");
    await refused("free", "web").toThrow("does not belong to Application web");
    await refused("gone", "web").toThrow("Deployment default/gone is not in the cluster");
    await refused("web", "nobody").toThrow("there is no Application nobody");
  });

  it("may be on what an owned object made", async () => {
    const { run, cluster, live } = await open();
    const owner = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "web",
      uid: live("web", "Deployment")?.metadata.uid ?? "",
      controller: true,
    };
    const child = { ...deployment("child"), metadata: { name: "child", namespace: "default", ownerReferences: [owner] } };
    await cluster.apply(child, how);
    expect(await run("restart", {}, keyOf(child))).toMatchObject([{ action: "configured" }]);
    const stranger = { ...child, metadata: { ...child.metadata, name: "stranger", ownerReferences: [{ ...owner, uid: "another" }] } };
    await cluster.apply(stranger, how);
    await expect(run("restart", {}, keyOf(stranger))).rejects.toThrow("does not belong");
  });

  it("creates beside the object, and tells what the server has against it", async () => {
    const { run, cluster, live } = await open({
      refuse: ({ kind }) =>
        kind === "Job" && cluster.objects().some((each) => each.kind === "Job")
          ? { reason: "Forbidden", message: "one is enough" }
          : undefined,
    });
    const cronJob: Manifest = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "nightly", namespace: "default" },
      spec: { jobTemplate: { spec: { template: {} } } },
    };
    await cluster.apply(tracked(cronJob, "web"), how);
    expect(await run("create-job", {}, keyOf(cronJob))).toMatchObject([{ action: "created", key: { kind: "Job", namespace: "default" } }]);
    expect(cluster.objects().find(({ kind }) => kind === "Job")).toMatchObject({
      metadata: { ownerReferences: [{ kind: "CronJob", name: "nightly" }] },
    });
    expect(await run("create-job", {}, keyOf(cronJob))).toMatchObject([
      { action: "unknown", code: "SyncFailed", message: expect.stringContaining("one is enough") },
    ]);
    expect(live("nightly", "CronJob")).toBeDefined();
  });

  it("goes to the status where the kind has one, else to the object", async () => {
    const here = await open();
    const job: Manifest = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "once", namespace: "default" },
      spec: {},
      status: { active: 1 },
    };
    await here.cluster.apply(tracked(job, "web"), how);
    await here.run("terminate", {}, keyOf(job));
    expect(here.live("once", "Job")).toMatchObject({ status: { active: 1, conditions: [{ type: "FailureTarget" }] } });
  });
});
