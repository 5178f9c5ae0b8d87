import { describe, expect, it } from "vitest";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });

const smokeFailed = async () => {
  const given = syncWorld();
  await given.declare(anApplication());
  await given.commit("web", [configMap("settings"), job("smoke", hook("PostSync"))]);
  const step = async () => {
    const next = await given.sync();
    given.pass(next.done ? 0 : next.seconds * 1000);
    return next;
  };
  await step();
  await step();
  endJob(given.cluster, "smoke", "Failed", "it smokes");
  await step();
  expect(await given.state()).toMatchObject({ phase: "Failed", attempt: 1 });
  return { ...given, step };
};

describe("an operation whose PostSync hook failed", () => {
  it("is tried again with its hooks, although all of its objects stand", async () => {
    const { step, live, state, cluster } = await smokeFailed();
    const first = live("smoke", "Job")?.metadata.uid;
    await step();
    await step();
    expect(live("smoke", "Job")?.metadata.uid).not.toBe(first);
    expect(await state()).toMatchObject({ phase: "Running" });
    endJob(cluster, "smoke", "Complete");
    await step();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });

  it("is mended by a commit that changes nothing but the hook", async () => {
    const { step, commit, state, cluster } = await smokeFailed();
    await commit("web", [configMap("settings"), { ...job("smoke", hook("PostSync")), spec: { mended: true } }]);
    await step();
    await step();
    endJob(cluster, "smoke", "Complete");
    await step();
    expect(await state()).toMatchObject({ phase: "Succeeded" });
  });

  it("runs no hooks when a scan says that something drifted", async () => {
    const { step, wishDrift, live, pass } = await smokeFailed();
    const first = live("smoke", "Job")?.metadata.uid;
    pass(-1_000);
    await wishDrift();
    await step();
    expect(live("smoke", "Job")?.metadata.uid).toBe(first);
  });
});

describe("an Application that stands as Git wants it", () => {
  it("runs no hooks for a revision that changes none of its objects (as in Argo CD, whose hooks are no part of the comparison)", async () => {
    const { declare, commit, settle, live, cluster } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await settle();
    await commit("web", [configMap("settings"), job("migrate", hook("PreSync"))]);
    const before = cluster.calls.length;
    await settle();
    expect(live("migrate", "Job")).toBeUndefined();
    expect(cluster.calls.slice(before).filter((call) => call.startsWith("create"))).toEqual([]);
  });

  it("runs its hooks when a person asks for a sync", async () => {
    const { declare, commit, settle, ask, sync, live } = syncWorld();
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await settle();
    await commit("web", [configMap("settings"), job("migrate", hook("PreSync"))]);
    await settle();
    await ask();
    await sync();
    expect(live("migrate", "Job")).toBeDefined();
  });
});
