import { describe, expect, it } from "vitest";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });

const waiting = async () => {
  const given = syncWorld();
  await given.declare(anApplication());
  await given.commit("web", [job("migrate", hook("PreSync")), configMap("settings")]);
  const step = async () => {
    const next = await given.sync();
    given.pass(next.done ? 0 : next.seconds * 1000);
    return next;
  };
  await step();
  await step();
  return { ...given, step };
};

describe("an operation that somebody terminates", () => {
  it("ends where it stands, takes its running hook along, and says who ended it and where", async () => {
    const { step, wishTermination, state, live } = await waiting();
    await wishTermination();
    expect(await step()).toEqual({ done: true });
    expect(await state()).toMatchObject({
      phase: "Failed",
      reason: "ada terminated the operation in PreSync, wave 0; web is as it was then",
    });
    expect([live("migrate", "Job"), live("settings")]).toEqual([undefined, undefined]);
  });

  it("does not begin again by itself", async () => {
    const { step, wishTermination, state, live, syncs, history } = await waiting();
    await wishTermination();
    await step();
    for (let looks = 0; looks < 3; looks++) expect(await step()).toEqual({ done: true });
    expect(live("migrate", "Job")).toBeUndefined();
    expect(syncs.sent).toEqual([]);
    expect((await state()).terminate).toBeUndefined();
    expect((await history()).map(({ kind }) => kind)).toEqual(["failed"]);
  });

  it("makes way for a revision that came meanwhile", async () => {
    const { step, wishTermination, commit, state, live, syncs } = await waiting();
    await commit("web", [configMap("settings", { v: "new" })]);
    await wishTermination();
    await step();
    expect(syncs.sent).toMatchObject([{ body: { application: "web" } }]);
    await step();
    expect(live("settings")).toMatchObject({ data: { v: "new" } });
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });

  it("that kept failing is not tried again", async () => {
    const { step, wishTermination, state, live, cluster, pass } = await waiting();
    endJob(cluster, "migrate", "Failed");
    await step();
    await wishTermination();
    await step();
    pass(3_600_000);
    await step();
    expect(live("settings")).toBeUndefined();
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("ada terminated") });
  });
});
