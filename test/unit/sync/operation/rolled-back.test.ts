import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import { anApplication, configMap, syncWorld } from "../../../support/sync-world.ts";

const good = [configMap("settings", { v: "good" })];
const bad = [configMap("settings", { v: "bad" }), configMap("extra")];
const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "settings" };

/** Synced to `good`, then to `bad`, then rolled back to `good`. */
const rolledBack = async () => {
  const given = syncWorld();
  await given.declare(anApplication());
  const apply = async (manifests: readonly Manifest[]) => {
    await given.commit("web", manifests);
    await given.settle();
    given.pass(600_000);
  };
  await apply(good);
  await apply(bad);
  await given.rollBackTo(good);
  await given.settle();
  return { ...given, apply };
};

describe("a rollback", () => {
  it("applies the manifests of that entry again, prunes what came after it, and says that Git says otherwise", async () => {
    const { live, state } = await rolledBack();
    expect(live("settings")).toMatchObject({ data: { v: "good" } });
    expect(live("extra")).toBeUndefined();
    expect(await state()).toMatchObject({
      phase: "Succeeded",
      syncStatus: "OutOfSync",
      reason: expect.stringMatching(/^ada rolled it back to entry .* of its history; Git still says otherwise$/),
    });
  });

  it("has an entry of its own in history, with who asked for it", async () => {
    const { history } = await rolledBack();
    expect(await history()).toMatchObject([{ kind: "synced", trigger: "manual", pusher: "ada" }, {}, {}]);
  });

  it("holds the revision off that it was made against, under auto-sync and self-heal, too", async () => {
    const { sync, live, state, pass } = await rolledBack();
    pass(3_600_000);
    await sync();
    expect(live("settings")).toMatchObject({ data: { v: "good" } });
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
  });

  it("is what drift is healed towards, and stays told", async () => {
    const { wishDrift, settle, live, cluster, state, pass } = await rolledBack();
    pass(600_000);
    cluster.edit(at, "kubectl-edit", (object) => ({ ...object, data: { v: "by hand" } }));
    await wishDrift();
    await settle();
    expect(live("settings")).toMatchObject({ data: { v: "good" } });
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync", reason: expect.stringContaining("Git still says otherwise") });
  });

  it("ends with a newer commit", async () => {
    const { apply, live, state } = await rolledBack();
    await apply([configMap("settings", { v: "mended" })]);
    expect(live("settings")).toMatchObject({ data: { v: "mended" } });
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });

  it("that ended does not come back when Git comes back to what it was made against", async () => {
    const { apply, live, state } = await rolledBack();
    await apply([configMap("settings", { v: "mended" })]);
    await apply(bad);
    expect(live("settings")).toMatchObject({ data: { v: "bad" } });
    expect(await state()).toMatchObject({ syncStatus: "Synced" });
  });

  it("lasts when the sources break and come back as they were", async () => {
    const { breakSource, commit, settle, live } = await rolledBack();
    await breakSource("web", "the repository is away");
    await settle();
    await commit("web", bad);
    await settle();
    expect(live("settings")).toMatchObject({ data: { v: "good" } });
  });
});
