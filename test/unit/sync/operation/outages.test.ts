import { describe, expect, it } from "vitest";
import { Failure } from "../../../../shared/model/failure.ts";
import { readInventory } from "../../../../shared/state/inventories.ts";
import type { SyncMessage } from "../../../../shared/state/messages.ts";
import { syncApplication } from "../../../../shared/sync/sync-application.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string, policy = "BeforeHookCreation") => ({
  annotations: { "argocd.argoproj.io/hook": phase, "argocd.argoproj.io/hook-delete-policy": policy },
});
const away = new Failure("ClusterUnreachable", "harbor", "Cluster harbor cannot be reached: connection reset.");
const forbidden = new Failure("ClusterForbidden", "harbor", "Cluster harbor does not let us in any more.");

/** A cluster that answers calls of this beginning with trouble while there is some. */
const troubled = () => {
  let trouble: { readonly call: string; readonly failure: Failure } | undefined;
  const world = syncWorld({
    before: (call) => {
      if (trouble && call.startsWith(trouble.call)) throw trouble.failure;
    },
  });
  const breaks = (call: string, failure: Failure = away) => {
    trouble = { call, failure };
  };
  const mends = () => {
    trouble = undefined;
  };
  return { ...world, breaks, mends };
};

describe("an operation whose cluster goes away", () => {
  // The operation failed, and the next one ran its PreSync hooks a second time.
  it("while it applies goes on where it was when the cluster is back, and runs no hook twice", async () => {
    const { declare, commit, sync, settle, pass, breaks, mends, cluster, state, live } = troubled();
    await declare(anApplication());
    await commit("web", [job("migrate", hook("PreSync")), configMap("first"), configMap("second")]);
    await sync();
    endJob(cluster, "migrate", "Complete");
    pass(2_000);
    breaks("apply ConfigMap production/second");
    expect(await sync()).toMatchObject({ done: false, seconds: 15 });
    expect(await state()).toMatchObject({ phase: "Running", reason: away.message });
    mends();
    pass(15_000);
    await settle();
    expect(live("second")).toBeDefined();
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect(cluster.calls.filter((call) => call === "create Job production/migrate")).toHaveLength(1);
  });

  // What was applied in that step was missing in history.
  it("while hooks are created keeps what that step did in history", async () => {
    const { declare, commit, sync, settle, pass, breaks, mends, cluster, history } = troubled();
    await declare(anApplication());
    await commit("web", [configMap("settings"), job("check", hook("Sync"))]);
    breaks("create Job");
    await sync();
    mends();
    pass(15_000);
    await sync();
    endJob(cluster, "check", "Complete");
    pass(2_000);
    await settle();
    expect((await history())[0]).toMatchObject({ kind: "synced", counts: { created: 2 } });
  });

  it("before the hooks of one that fails are cleared away ends as failed, with its own reason, when the cluster is back", async () => {
    const { declare, commit, sync, pass, breaks, mends, cluster, state, history, live } = troubled();
    await declare(anApplication());
    await commit("web", [job("migrate", hook("PreSync", "HookFailed")), configMap("settings")]);
    await sync();
    endJob(cluster, "migrate", "Failed", "no such column");
    pass(2_000);
    breaks("patch Job");
    await sync();
    expect(await state()).toMatchObject({ phase: "Running", reason: expect.stringMatching(/no such column.*cannot be reached/) });
    mends();
    pass(15_000);
    await sync();
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("no such column") });
    expect((await history())[0]).toMatchObject({ kind: "failed", reason: expect.stringContaining("no such column") });
    expect(live("migrate", "Job")).toBeUndefined();
  });
});

describe("an operation whose cluster stays away", () => {
  const deadline = anApplication({ annotations: { "fairlead.dev/operation-deadline": "1h" } });
  /** As many steps as begin within so many minutes. */
  const stepsWithin = async ({ sync, pass }: ReturnType<typeof troubled>, minutes: number) => {
    for (let left = minutes * 60_000; left > 0; left -= 60_000) {
      await sync();
      pass(60_000);
    }
  };
  const failures = async ({ history }: ReturnType<typeof troubled>) => (await history()).filter(({ kind }) => kind === "failed");

  // It was Running for ever, looked at every 15 seconds or waiting to be the one that looks whether the cluster is back, and history never heard of it.
  it("has failed at its deadline, says what it met, and begins anew when the cluster is back", async () => {
    const world = troubled();
    await world.declare(deadline);
    await world.commit("web", [job("migrate", hook("PreSync")), configMap("settings")]);
    await world.sync();
    world.breaks("");
    await stepsWithin(world, 55);
    expect(await world.state()).toMatchObject({ phase: "Running", reason: away.message });
    await stepsWithin(world, 10);
    expect(await failures(world)).toMatchObject([
      {
        outage: true,
        reason: expect.stringMatching(
          /^PreSync, wave 0: its deadline of 1h has passed while it was waiting for this to pass: Cluster harbor cannot be reached: connection reset;/,
        ),
      },
    ]);
    expect(await world.state()).toMatchObject({ phase: "Failed" });
    world.mends();
    let message: SyncMessage = { v: 1, application: "web" };
    for (let step = 0; step < 8; step++) {
      const next = await syncApplication(message, world.world);
      if (world.live("migrate", "Job")) endJob(world.cluster, "migrate", "Complete");
      if (next.done) break;
      message = next.again;
      world.pass(next.seconds * 1_000);
    }
    expect(await world.state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it("for one of its objects has failed at its deadline, and its SyncFail hooks run", async () => {
    const world = troubled();
    const gateway = new Failure("ClusterBusy", "harbor", "Cluster harbor answers 504 to ConfigMap settings.");
    await world.declare(deadline);
    await world.commit("web", [configMap("settings"), job("alarm", hook("SyncFail"))]);
    world.breaks("apply ConfigMap", gateway);
    await stepsWithin(world, 55);
    expect(world.live("alarm", "Job")).toBeUndefined();
    await stepsWithin(world, 10);
    expect(world.live("alarm", "Job")).toBeDefined();
    endJob(world.cluster, "alarm", "Complete");
    await world.sync();
    expect(await failures(world)).toMatchObject([
      { reason: expect.stringMatching(/^Sync, wave 0: its deadline of 1h has passed .* 504 to ConfigMap settings;/) },
    ]);
  });

  it("as its hooks are to be cleared away has failed, as it did, after twice its deadline", async () => {
    const world = troubled();
    await world.declare(deadline);
    await world.commit("web", [job("migrate", hook("PreSync", "HookFailed")), configMap("settings")]);
    await world.sync();
    endJob(world.cluster, "migrate", "Failed", "no such column");
    world.pass(2_000);
    world.breaks("patch Job");
    await stepsWithin(world, 115);
    expect(await world.state()).toMatchObject({ phase: "Running" });
    await stepsWithin(world, 10);
    expect(await failures(world)).toMatchObject([{ reason: expect.stringContaining("no such column") }]);
    expect(world.told.map(({ event }) => event)).toContain("hooks-left");
  });
});

describe("trouble that does not pass by itself", () => {
  // SyncFail hooks did not run: people were not told by the means of their own that they had written for it.
  it("fails the operation, and its SyncFail hooks run", async () => {
    const { declare, commit, sync, pass, breaks, cluster, state, live } = troubled();
    await declare(anApplication());
    await commit("web", [configMap("settings"), job("alarm", hook("SyncFail"))]);
    breaks("apply ConfigMap", forbidden);
    await sync();
    expect(live("alarm", "Job")).toBeDefined();
    endJob(cluster, "alarm", "Complete");
    pass(2_000);
    await sync();
    expect(await state()).toMatchObject({ phase: "Failed", reason: forbidden.message });
  });
});

describe("hooks of earlier operations", () => {
  const named = (prefix: string, phase: string) => ({
    ...job("", hook(phase)),
    metadata: { name: "", generateName: prefix, ...hook(phase) },
  });
  const runs = async (times: number) => {
    const world = troubled();
    await world.declare(anApplication());
    for (let run = 0; run < times; run++) {
      await world.commit("web", [configMap("settings", { run: String(run) }), named("migrate-", "PreSync")]);
      await world.settle(() => {
        for (const { kind, metadata } of world.cluster.objects()) if (kind === "Job") endJob(world.cluster, metadata.name, "Complete");
      });
      world.pass(60_000);
    }
    const owned = async () => [...(await readInventory(world.table, world.artifacts, "web")).values()].filter(({ hook: is }) => is).length;
    return { ...world, owned };
  };

  it("by names of their own are known while they are there, the newest of them", async () => {
    const { owned, cluster } = await runs(25);
    expect(cluster.objects().filter(({ kind }) => kind === "Job")).toHaveLength(25);
    expect(await owned()).toBe(21);
  });

  // Each run left a row behind for ever, and each sync looked for all of them.
  it("are forgotten when they are gone", async () => {
    const { owned, cluster, commit, settle } = await runs(3);
    for (const { kind, metadata } of cluster.objects()) {
      const { name, uid = "" } = metadata;
      if (kind === "Job")
        await cluster.delete({ apiVersion: "batch/v1", kind, namespace: "production", name }, { uid, propagation: "Background" });
    }
    await commit("web", [configMap("settings", { run: "last" })]);
    await settle();
    expect(await owned()).toBe(0);
  });
});
