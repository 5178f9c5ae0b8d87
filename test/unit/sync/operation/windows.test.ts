import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../shared/model/json.ts";
import { writeProject } from "../../../../shared/state/projects.ts";
import { anApplication, configMap, syncWorld } from "../../../support/sync-world.ts";

const hour = 3_600_000;
/** The tests' clock begins on Tuesday, 14 November 2023, 22:13:20 UTC. */
const open = { kind: "allow", schedule: "0 22 * * *", duration: "8h", applications: ["*"] };
const denied = { kind: "deny", schedule: "0 22 * * *", duration: "1h", applications: ["web"] };
const closed = { kind: "allow", schedule: "0 2 * * *", duration: "1h", applications: ["*"] };

const given = async (...windows: readonly JsonObject[]) => {
  const world = syncWorld();
  await writeProject(world.table, { name: "shop", description: "", spec: { syncWindows: [...windows] } });
  await world.declare(anApplication({ project: "shop" }));
  await world.commit("web", [configMap("settings", { v: "1" })]);
  return world;
};

describe("an Application under sync windows", () => {
  it("is synced while an allow window is open", async () => {
    const { settle, live } = await given(open);
    await settle();
    expect(live("settings")).toBeDefined();
  });

  it("is left as it is while none is open, says so, and is synced when one opens", async () => {
    const { sync, live, state, pass } = await given(closed);
    expect(await sync()).toMatchObject({ done: false });
    expect(live("settings")).toBeUndefined();
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync", reason: expect.stringContaining("window") });
    pass(4 * hour);
    await sync();
    expect(live("settings")).toBeDefined();
  });

  it("is held by an open deny window even where an allow window is open", async () => {
    const { sync, live, pass } = await given(open, denied);
    await sync();
    expect(live("settings")).toBeUndefined();
    pass(hour);
    await sync();
    expect(live("settings")).toBeDefined();
  });

  it("is synced when a person asks, where every window in the way says manualSync", async () => {
    const { ask, settle, live } = await given({ ...denied, manualSync: true });
    await ask();
    await settle();
    expect(live("settings")).toBeDefined();
  });

  it("is not synced when a person asks and one window in the way does not say so; the reason is told", async () => {
    const { ask, sync, live, state } = await given({ ...denied, manualSync: true }, denied);
    await ask();
    await sync();
    expect(live("settings")).toBeUndefined();
    expect((await state()).reason).toContain("deny");
  });

  it("is not healed while a window is closed, and healed when it opens", async () => {
    const { settle, wishDrift, cluster, live, pass, sync } = await given(open);
    await settle();
    pass(9 * hour);
    cluster.edit({ apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" }, "kubectl-edit", (object) => ({
      ...object,
      data: { v: "by hand" },
    }));
    await wishDrift();
    await sync();
    expect(live("settings")).toMatchObject({ data: { v: "by hand" } });
    pass(16 * hour);
    await sync();
    expect(live("settings")).toMatchObject({ data: { v: "1" } });
  });
});

describe("an operation whose window closes between two of its waves", () => {
  const waves = [configMap("first"), configMap("second", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })];

  it("waits where it stands, and goes on when the next one opens", async () => {
    const { commit, sync, live, pass, state } = await given(open);
    await commit("web", waves);
    await sync();
    pass(9 * hour);
    await sync();
    expect([live("first"), live("second")]).toEqual([expect.anything(), undefined]);
    expect(await state()).toMatchObject({ phase: "Running", reason: expect.stringContaining("window") });
    pass(16 * hour);
    await sync();
    expect(live("second")).toBeDefined();
  });

  it("ends all the same where the window says syncOverrun", async () => {
    const { commit, sync, live, pass } = await given({ ...open, syncOverrun: true });
    await commit("web", waves);
    await sync();
    pass(9 * hour);
    await sync();
    expect(live("second")).toBeDefined();
  });
});
