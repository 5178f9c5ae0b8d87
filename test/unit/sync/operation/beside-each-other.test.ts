import { describe, expect, it } from "vitest";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });

describe("a hook that is at work when another one of its wave fails", () => {
  it("was deleted in the middle of its work: it comes to its end first, and then the operation fails", async () => {
    const given = syncWorld();
    await given.declare(anApplication());
    await given.commit("web", [
      configMap("settings"),
      job("check", hook("PreSync")),
      job("migrate", hook("PreSync")),
      job("alarm", hook("SyncFail")),
    ]);
    const step = async () => {
      const next = await given.sync();
      given.pass(next.done ? 0 : next.seconds * 1000);
    };
    await step();
    endJob(given.cluster, "check", "Failed", "no connection");
    await step();
    await step();
    expect(given.live("migrate", "Job")).toBeDefined();
    expect(given.live("alarm", "Job")).toBeUndefined();
    expect(await given.state()).toMatchObject({
      phase: "Running",
      reason:
        "PreSync, wave 0: waiting for Job production/migrate (the job is not complete); then it fails: PreSync hook Job production/check: no connection",
    });
    endJob(given.cluster, "migrate", "Complete");
    await step();
    endJob(given.cluster, "alarm", "Complete");
    await step();
    expect(await given.state()).toMatchObject({ phase: "Failed", reason: "PreSync hook Job production/check: no connection" });
    expect([given.live("migrate", "Job"), given.live("settings")]).toEqual([expect.anything(), undefined]);
  });
});

describe("history", () => {
  it("named the commit that arrived meanwhile for what an earlier one had applied: each entry names its own", async () => {
    const given = syncWorld();
    await given.declare(anApplication());
    await given.commit("web", [configMap("settings", { v: "1" }), job("migrate", hook("PreSync"))], "a".repeat(40));
    await given.sync();
    given.pass(3_000);
    await given.commit("web", [configMap("settings", { v: "2" })], "b".repeat(40));
    endJob(given.cluster, "migrate", "Complete");
    await given.sync();
    expect(given.live("settings")).toMatchObject({ data: { v: "1" } });
    expect((await given.history()).map(({ kind, revision }) => `${kind} ${revision[0]}`)).toEqual(["synced a"]);
    await given.sync();
    expect((await given.history()).map(({ kind, revision }) => `${kind} ${revision[0]}`)).toEqual(["synced b", "synced a"]);
  });
});
