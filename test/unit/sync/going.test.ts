import { describe, expect, it } from "vitest";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const at = { apiVersion: "v1", kind: "ConfigMap", namespace: "production", name: "held" };

/** ConfigMap `held`, which Git dropped and wants again; a finalizer has kept it until now. */
const broughtBack = async (selfHeal: boolean) => {
  const world = syncWorld();
  const { cluster, declare, commit, sync } = world;
  const held = (finalizers: readonly string[]) =>
    cluster.edit(at, "some-controller", (live) => ({ ...live, metadata: { ...live.metadata, finalizers } }));
  const syncPolicy = { automated: { prune: true, selfHeal, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] };
  await declare(anApplication({ syncPolicy }));
  await commit("web", [configMap("own"), configMap("held")]);
  await sync();
  held(["example.com/backup"]);
  await commit("web", [configMap("own")]);
  await sync();
  await commit("web", [configMap("own"), configMap("held")]);
  await sync();
  return { ...world, release: () => held([]) };
};

describe("an object that is going when Git wants it again", () => {
  // It took the apply, went all the same, and with self-heal off nobody made it again.
  it.each([true, false])("is made again when it is gone (self-heal %s)", async (selfHeal) => {
    const { live, release, pass, sync, state } = await broughtBack(selfHeal);
    expect(live("held")?.metadata.deletionTimestamp).toBeDefined();
    release();
    expect(live("held")).toBeUndefined();
    pass(180_000);
    await sync();
    expect(live("held")).toBeDefined();
    expect(await state()).toMatchObject({ syncStatus: "Synced", phase: "Succeeded" });
    expect((await state()).againAt).toBeUndefined();
  });

  it("is looked at again as long as it stands, and nothing is said of that", async () => {
    const { live, pass, sync, state } = await broughtBack(false);
    const { events } = await state();
    pass(180_000);
    await sync();
    expect(live("held")?.metadata.deletionTimestamp).toBeDefined();
    expect(await state()).toMatchObject({ events, syncStatus: "Synced", againAt: expect.any(Number) });
  });

  it("stays gone where a person deleted it after it was made again, and self-heal is off", async () => {
    const { cluster, live, release, pass, sync } = await broughtBack(false);
    release();
    pass(180_000);
    await sync();
    await cluster.delete(at, { uid: live("held")?.metadata.uid ?? "", propagation: "Background" });
    pass(180_000);
    await sync();
    expect(live("held")).toBeUndefined();
  });
});
