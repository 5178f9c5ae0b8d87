import { describe, expect, it } from "vitest";
import { anApplication, configMap, deployment, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hour = 3_600_000;
const wave = (number: string) => ({ annotations: { "argocd.argoproj.io/sync-wave": number } });
const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });

/** As many steps as begin within so many hours. */
const stepsWithin = async ({ sync, pass }: Pick<ReturnType<typeof syncWorld>, "sync" | "pass">, hours: number) => {
  for (let left = hours * hour; left > 0; ) {
    const next = await sync();
    const waited = next.done ? hour : Math.max(next.seconds * 1000, 20 * 60_000);
    pass(waited);
    left -= waited;
  }
};

describe("the deadline of an operation", () => {
  // It was Running for ever: a wave that never became healthy was no failure, and nobody was told.
  it("ends one whose wave never becomes healthy, says what it waited for, and leaves what was applied", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.commit("web", [deployment("api", wave("0")), configMap("after", {}, wave("1"))]);
    await stepsWithin(world, 5);
    expect(await world.state()).toMatchObject({ phase: "Running" });
    await stepsWithin(world, 2);
    expect((await world.history()).find(({ kind }) => kind === "failed")?.reason).toMatch(
      /^Sync, wave 0: its deadline of 6h has passed while it was waiting for .*api/,
    );
    expect(world.live("api", "Deployment")).toBeDefined();
    expect(world.live("after")).toBeUndefined();
  });

  it("is the Application's own where it has one", async () => {
    const world = syncWorld();
    await world.declare(anApplication({ annotations: { "fairlead.dev/operation-deadline": "1h" } }));
    await world.commit("web", [deployment("api", wave("0")), configMap("after", {}, wave("1"))]);
    await stepsWithin(world, 2);
    expect((await world.history()).find(({ kind }) => kind === "failed")?.reason).toContain("its deadline of 1h has passed");
  });

  // It fell back without a word: whoever wrote "20" believed in 20 minutes.
  it.each(["soon", "20", "-1h", ""])("that cannot be read is told as a warning: %j", async (annotation) => {
    const world = syncWorld();
    await world.declare(anApplication({ annotations: { "fairlead.dev/operation-deadline": annotation } }));
    await world.commit("web", [configMap("settings")]);
    await world.settle();
    expect((await world.state()).warnings).toEqual([
      `metadata.annotations["fairlead.dev/operation-deadline"] is ${JSON.stringify(annotation)}; write a duration such as 30m or 12h, until then an operation ends after 6h`,
    ]);
  });

  it("that can be read, and none, is no warning", async () => {
    for (const annotations of [{ "fairlead.dev/operation-deadline": "20m" }, {}]) {
      const world = syncWorld();
      await world.declare(anApplication({ annotations }));
      await world.commit("web", [configMap("settings")]);
      await world.settle();
      expect((await world.state()).warnings).toEqual([]);
    }
  });

  it.each(["soon", "-1h", ""])("is the usual one where the annotation says %j", async (annotation) => {
    const world = syncWorld();
    await world.declare(anApplication({ annotations: { "fairlead.dev/operation-deadline": annotation } }));
    await world.commit("web", [deployment("api", wave("0")), configMap("after", {}, wave("1"))]);
    await stepsWithin(world, 5);
    expect(await world.state()).toMatchObject({ phase: "Running" });
  });

  it("ends a hook that never does, and runs the SyncFail hooks", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.commit("web", [job("migrate", hook("PreSync")), job("alarm", hook("SyncFail")), configMap("after")]);
    await stepsWithin(world, 7);
    expect(world.live("alarm", "Job")).toBeDefined();
    endJob(world.cluster, "alarm", "Complete");
    await world.sync();
    expect(await world.state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("PreSync, wave 0: its deadline of 6h") });
    expect(world.live("after")).toBeUndefined();
  });

  it("gives SyncFail hooks as much time again, and not for ever", async () => {
    const world = syncWorld();
    await world.declare(anApplication());
    await world.commit("web", [job("migrate", hook("PreSync")), job("alarm", hook("SyncFail"))]);
    await stepsWithin(world, 13);
    expect((await world.history()).find(({ kind }) => kind === "failed")?.reason).toContain("its deadline of 6h");
  });
});
