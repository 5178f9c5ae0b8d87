import { describe, expect, it } from "vitest";
import { keepHistoryShort } from "../../../shared/state/history-limit.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const step = (number: number) => [configMap("settings", { step: String(number) })];

/** Synced five times; history keeps one of them. `cleanUp`: as notify does once in so many events, a day later. */
const given = async () => {
  const world = syncWorld();
  await world.declare(anApplication({ revisionHistoryLimit: 1 }));
  for (const number of [1, 2, 3, 4, 5]) {
    await world.commit("web", step(number));
    await world.settle();
  }
  const cleanUp = () => keepHistoryShort(world.table, { application: "web", event: "0000000016" }, world.world.clock.now() + 86_400_000);
  return { ...world, cleanUp, stands: () => world.live("settings")?.data };
};

describe("F-34: history that is shortened", () => {
  it("takes nothing from a rollback that was asked for just before", async () => {
    const { rollBackTo, cleanUp, settle, stands, history, state } = await given();
    await rollBackTo(step(2));
    await cleanUp();
    expect(await history()).toHaveLength(1);
    await settle();
    expect(stands()).toEqual({ step: "2" });
    expect(await state()).toMatchObject({ rollback: { by: "ada" }, phase: "Succeeded" });
  });

  it("takes nothing from one that is in force: what drifts comes back to it", async () => {
    const { rollBackTo, cleanUp, settle, stands, cluster, wishDrift } = await given();
    await rollBackTo(step(2));
    await settle();
    await cleanUp();
    const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" };
    cluster.edit(at, "kubectl-edit", (live) => ({ ...live, data: { step: "drifted" } }));
    await wishDrift();
    await settle();
    expect(stands()).toEqual({ step: "2" });
  });

  it("may come early, late, and twice at once", async () => {
    const { cleanUp, commit, settle, stands, history } = await given();
    await Promise.all([cleanUp(), cleanUp()]);
    await cleanUp();
    expect(await history()).toHaveLength(1);
    await commit("web", step(6));
    await settle();
    expect(stands()).toEqual({ step: "6" });
    expect((await history()).map(({ kind }) => kind)).toEqual(["synced", "synced"]);
  });
});
