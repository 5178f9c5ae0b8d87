import { describe, expect, it } from "vitest";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const inWave = (wave: string) => ({ annotations: { "argocd.argoproj.io/sync-wave": wave } });
const first = [configMap("early", { rev: "1" }), configMap("late", { rev: "1" }, inWave("1"))];
const second = [configMap("early", { rev: "2" }), configMap("late", { rev: "2" }, inWave("1"))];
const unhealed = anApplication({
  syncPolicy: { automated: { prune: true, selfHeal: false, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
});

describe("a branch that is forced back while its newer commit is being applied", () => {
  it("once left the newer commit's first wave standing: it was taken for drift, which selfHeal: false does not heal", async () => {
    const { declare, commit, settle, sync, live, state } = syncWorld();
    await declare(unhealed);
    await commit("web", first);
    await settle();
    await commit("web", second);
    await sync();
    expect(live("early")?.data).toEqual({ rev: "2" });
    await commit("web", first);
    await settle();
    expect(live("early")?.data).toEqual({ rev: "1" });
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });

  it("is followed also where the worker died before it could say what it had applied", async () => {
    let dying = false;
    const { declare, commit, settle, sync, live, state } = syncWorld({
      before: (call) => {
        if (dying && call === "apply ConfigMap production/other") throw new Error("killed");
      },
    });
    await declare(unhealed);
    const [one, two] = ["1", "2"].map((rev) => [configMap("early", { rev }), configMap("other", { rev })]);
    await commit("web", one ?? []);
    await settle();
    await commit("web", two ?? []);
    dying = true;
    await expect(sync()).rejects.toThrow("killed");
    dying = false;
    expect(live("early")?.data).toEqual({ rev: "2" });
    await commit("web", one ?? []);
    const held = await sync();
    await sync("web", held.done ? undefined : held.again.saw);
    await settle();
    expect(live("early")?.data).toEqual({ rev: "1" });
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
  });
});
