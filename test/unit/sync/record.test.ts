import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { anApplication, configMap, syncWorld } from "../../support/sync-world.ts";

const invalid = ({ metadata, data }: Manifest) =>
  metadata.name === "settings" && JSON.stringify(data).includes("bad") ? { reason: "Invalid", message: "data: no" } : undefined;

describe("what an operation leaves behind", () => {
  it("has nothing of an earlier failure after a success", async () => {
    const { declare, commit, sync, state } = syncWorld({ refuse: invalid });
    await declare(anApplication());
    await commit("web", [configMap("settings", { colour: "bad" })]);
    await sync();
    expect(await state()).toMatchObject({ phase: "Failed", reason: "ConfigMap production/settings: data: no" });
    await commit("web", [configMap("settings", { colour: "blue" })]);
    await sync();
    const after = await state();
    expect(after).toMatchObject({ phase: "Succeeded", attempt: 0 });
    for (const field of ["reason", "retryAt", "failedInput", "owner", "dueAt"]) expect(after).not.toHaveProperty(field);
  });

  it("is no longer tried by itself after the fifth time", async () => {
    const { declare, commit, sync, state, pass, cluster } = syncWorld({ refuse: invalid });
    await declare(anApplication());
    await commit("web", [configMap("settings", { colour: "bad" })]);
    for (let attempt = 0; attempt < 6; attempt++) {
      const next = await sync();
      pass(next.done ? 0 : next.seconds * 1000);
    }
    expect(await state()).not.toHaveProperty("retryAt");
    const { length } = cluster.calls;
    pass(3_600_000);
    expect(await sync()).toEqual({ done: true });
    expect(cluster.calls).toHaveLength(length);
  });

  it("is one history entry for each commit, also where two fail in the same way", async () => {
    const { declare, commit, sync, history } = syncWorld({ refuse: invalid });
    await declare(anApplication());
    await commit("web", [configMap("settings", { colour: "bad" })]);
    await sync();
    await commit("web", [configMap("settings", { colour: "bad too" })]);
    await sync();
    expect((await history()).map(({ kind, revision }) => [kind, revision.length])).toEqual([
      ["failed", 40],
      ["failed", 40],
    ]);
    expect(new Set((await history()).map(({ revision }) => revision)).size).toBe(2);
  });

  it("keeps what a person asks for while it is under way, and does it next", async () => {
    const world = syncWorld({
      before: async (call) => {
        if (call === "apply ConfigMap production/settings" && asked++ === 0)
          await wish(
            world.table,
            "web",
            { requested: { by: "ada", prune: true, dryRun: false }, trigger: "manual" },
            world.world.clock.now(),
          );
      },
    });
    let asked = 0;
    const { declare, commit, sync, state, history, syncs } = world;
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await sync();
    expect(await state()).toMatchObject({ requested: { by: "ada" }, dueAt: expect.any(Number) });
    expect(syncs.take()).toEqual([{ v: 1, application: "web" }]);
    await sync();
    expect((await history())[0]).toMatchObject({ kind: "synced", trigger: "manual", pusher: "ada" });
    expect(await state()).not.toHaveProperty("requested");
  });

  it("is one sync more for a hundred wishes that come while one is held", async () => {
    const world = syncWorld({
      before: async (call) => {
        if (call !== "apply ConfigMap production/settings" || held++ > 0) return;
        for (let push = 0; push < 100; push++) await world.commit("web", [configMap("settings", { push: `${push}` })]);
      },
    });
    let held = 0;
    const { declare, commit, sync, live, history, syncs } = world;
    await declare(anApplication());
    await commit("web", [configMap("settings")]);
    await sync();
    for (const { application, saw } of syncs.take()) await sync(application, saw);
    expect(live("settings")).toMatchObject({ data: { push: "99" } });
    expect(await history()).toHaveLength(2);
    expect(syncs.take()).toEqual([]);
  });

  it("warns of hooks of no phase, and of Secrets in plain text", async () => {
    const { declare, commit, sync, state } = syncWorld();
    await declare(anApplication());
    const secret: Manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "key" }, stringData: { password: "hunter2" } };
    await commit("web", [secret, configMap("migrate", {}, { annotations: { "argocd.argoproj.io/hook": "PreFlight" } })]);
    await sync();
    const { warnings } = await state();
    expect(warnings[0]).toBe(
      'ConfigMap production/migrate: annotation argocd.argoproj.io/hook is "PreFlight", which is no phase; it is never applied',
    );
    expect(warnings[1]).toContain("Secret production/key: values come from Git");
    expect(JSON.stringify(await state())).not.toContain("hunter2");
  });
});

describe("a retry that refreshes", () => {
  it("looks at the sources again just before the next attempt", async () => {
    const { declare, commit, sync, pushes } = syncWorld({ refuse: () => ({ reason: "Forbidden", message: "no" }) });
    const { syncPolicy } = anApplication();
    const retry = { limit: 2, duration: 10_000, factor: 2, maxDuration: 0, refresh: true };
    await declare(anApplication({ syncPolicy: { ...syncPolicy, syncOptions: [], retry } }));
    await commit("web", [configMap("settings")]);
    expect(await sync()).toMatchObject({ seconds: 10 });
    expect(pushes.sent).toEqual([{ body: { v: 1, kind: "application", application: "web" }, delaySeconds: 9, group: "default" }]);
  });
});
