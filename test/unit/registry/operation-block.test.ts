import { describe, expect, it } from "vitest";
import { parseApplication } from "../../../shared/argocd/parse-application.ts";
import type { Json } from "../../../shared/model/json.ts";
import type { Manifest } from "../../../shared/model/manifest.ts";
import { registerObjects } from "../../../shared/registry/register-objects.ts";
import { readState } from "../../../shared/state/application-state.ts";
import { declareApplication } from "../../../shared/state/applications.ts";
import { wish } from "../../../shared/state/wishes.ts";
import { interruptedTable } from "../../support/interrupted-table.ts";
import { configMap, syncWorld } from "../../support/sync-world.ts";
import { applicationManifest } from "../argocd/manifests.ts";
import { openRegistry, told } from "./registry.ts";

/** Nothing is synced by itself: what is synced was asked for. */
const manual = (operation?: Json): Manifest => ({ ...applicationManifest(), ...(operation !== undefined && { operation }) });
const whole = { sync: { prune: true } };

/** A registry, and what it asks the sync of `web` for. */
const opened = async () => {
  const registry = await openRegistry();
  const { table } = registry.world;
  const requested = async () => (await readState(table, "web"))?.requested;
  /** As the sync that answers it leaves the state. */
  const answer = () => wish(table, "web", { requested: undefined, trigger: "manual" }, 2_000);
  return { ...registry, table, requested, answer };
};

describe("an operation block that Git declares", () => {
  // It was warned about and had no effect: tools that write it waited for a sync that nobody began.
  it("asks for a sync, with all that it says", async () => {
    const { push, requested } = await opened();
    const block = {
      sync: {
        revision: "v1",
        prune: true,
        resources: [{ kind: "ConfigMap", name: "a" }],
        syncOptions: ["Validate=false"],
        syncStrategy: { apply: { force: true } },
      },
      initiatedBy: { username: "bob" },
      retry: { limit: 2, backoff: { duration: "1s" } },
    };
    expect(told(await push([manual(block)]))).toEqual(["created Synced web"]);
    expect(await requested()).toEqual({
      by: "bob",
      prune: true,
      dryRun: false,
      revision: "v1",
      resources: [{ group: "", kind: "ConfigMap", name: "a" }],
      syncOptions: ["Validate=false"],
      strategy: { kind: "apply", force: true },
      retry: { limit: 2, duration: 1_000, factor: 2, maxDuration: 180_000, refresh: false },
    });
  });

  it("asks once: neither the next commit nor another change of the Application asks again", async () => {
    const { push, requested, answer } = await opened();
    await push([manual(whole)]);
    await answer();
    expect(told(await push([manual(whole)]))).toEqual(["unchanged Synced web"]);
    expect(await requested()).toBeUndefined();
    expect(told(await push([{ ...applicationManifest({ revisionHistoryLimit: 3 }), operation: whole }]))).toEqual([
      "configured Synced web",
    ]);
    expect(await requested()).toBeUndefined();
  });

  it("asks anew when it says something else, or comes back after it was gone", async () => {
    const { push, requested, answer } = await opened();
    await push([manual(whole)]);
    await answer();
    await push([manual({ ...whole, info: [{ name: "ticket", value: "42" }] })]);
    expect(await requested()).toMatchObject({ by: "Git", prune: true });
    await answer();
    await push([manual()]);
    expect(await requested()).toBeUndefined();
    await push([manual({ ...whole, info: [{ name: "ticket", value: "42" }] })]);
    expect(await requested()).toMatchObject({ by: "Git", prune: true });
  });

  it("that is not understood is named, asks for nothing, and the Application is declared", async () => {
    const { push, requested } = await opened();
    expect(told(await push([manual({ sync: { sources: [{}] } })]))).toEqual([
      "created Synced web: operation.sync.sources is not supported; change the Application, or name an entry of its history; nothing is synced for it",
    ]);
    expect(await requested()).toBeUndefined();
    expect(told(await push([manual("now")]))[0]).toMatch(/^unchanged Synced web: operation .*nothing is synced for it$/);
  });

  it("is asked for exactly once, whichever call another worker declares the same after", async () => {
    for (let at = 1; ; at++) {
      const { world, control, table, requested, answer } = await opened();
      const request = { parent: control, manifests: [manual(whole)], prune: true, approval: undefined, digest: "again" };
      let asked = 0;
      const answered = async () => {
        if (await requested()) asked++;
        await answer();
      };
      const slow = interruptedTable(table, at, async () => {
        await answered();
        await registerObjects(request, world);
        await answered();
      });
      await registerObjects(request, { ...world, table: slow.table });
      await answered();
      expect(asked, `after call ${at}`).toBe(1);
      if (slow.calls() < at) break;
    }
  });

  it("is asked for by whoever does it again, whichever call its first worker dies at", async () => {
    for (let at = 1; ; at++) {
      const { world, control, table, requested } = await opened();
      const request = { parent: control, manifests: [manual(whole)], prune: true, approval: undefined, digest: "again" };
      const dying = interruptedTable(table, at, () => Promise.reject(new Error("killed")));
      const died = await registerObjects(request, { ...world, table: dying.table }).then(
        () => false,
        () => true,
      );
      await registerObjects(request, world);
      expect(await requested(), `after call ${at}`).toMatchObject({ by: "Git" });
      if (!died) break;
    }
  });

  it("names more objects than a request carries: they stand beside it, and are synced alone", async () => {
    const { push, requested } = await opened();
    const resources = Array.from({ length: 500 }, (_, index) => ({ kind: "ConfigMap", name: `settings-${index}` }));
    await push([manual({ sync: { resources } })]);
    expect((await requested())?.resources).toMatchObject({ parts: 1 });
  });
});

describe("the sync that an operation block asked for", () => {
  /** A manual Application that Git declares so, and a commit of its source. */
  const synced = async (operation: Json, options: Parameters<typeof syncWorld>[0] = {}) => {
    const world = syncWorld(options);
    const parsed = parseApplication({ ...applicationManifest({ syncPolicy: { syncOptions: ["CreateNamespace=true"] } }), operation });
    if (parsed.state === "refused" || !parsed.operation) throw new Error("the block is not understood");
    const { application } = parsed;
    const declaration = { application: { ...application, namespace: "argocd" }, cluster: "harbor", at: 1_000, operation: parsed.operation };
    await declareApplication(world.table, declaration);
    await world.commit("web", [configMap("a"), configMap("b")]);
    return { ...world, again: () => declareApplication(world.table, declaration) };
  };

  it("is done with auto-sync off, and only once", async () => {
    const { sync, live, state, again, commit } = await synced(whole);
    await sync();
    expect([live("a"), live("b")]).toEqual([expect.anything(), expect.anything()]);
    expect(await state()).toMatchObject({ phase: "Succeeded", syncStatus: "Synced" });
    expect((await state()).requested).toBeUndefined();
    await again();
    await commit("web", [configMap("a", { colour: "blue" }), configMap("b")]);
    await sync();
    expect(live("a")?.data).toEqual({});
    expect(await state()).toMatchObject({ syncStatus: "OutOfSync" });
  });

  it("changes only the objects that the block names", async () => {
    const { sync, live } = await synced({ sync: { resources: [{ kind: "ConfigMap", name: "b" }] } });
    await sync();
    expect([live("a"), live("b")]).toEqual([undefined, expect.anything()]);
  });

  it("changes nothing where the block asks for a dry run", async () => {
    const { sync, live, state } = await synced({ sync: { dryRun: true } });
    await sync();
    expect(live("a")).toBeUndefined();
    expect(await state()).toMatchObject({ reason: "2 objects differ from Git. Git asked for a dry run only" });
  });

  it("is tried again as the block says, not as the Application does", async () => {
    const refuse = () => ({ reason: "Forbidden", message: "no" });
    const { sync, pass, state } = await synced({ sync: {}, retry: { limit: 1, backoff: { duration: "7s" } } }, { refuse });
    expect(await sync()).toMatchObject({ done: false, seconds: 7 });
    pass(7_000);
    expect(await sync()).toEqual({ done: true });
    expect(await state()).toMatchObject({ phase: "Failed", attempt: 2 });
    expect((await state()).requested).toBeUndefined();
  });
});
