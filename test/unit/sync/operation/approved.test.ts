import { describe, expect, it } from "vitest";
import type { Application } from "../../../../shared/model/application.ts";
import { anApplication, configMap, endJob, job, syncWorld } from "../../../support/sync-world.ts";

const confirm = { annotations: { "argocd.argoproj.io/sync-options": "Prune=confirm" } };
const automated = (selfHeal: boolean): Partial<Application> => ({
  syncPolicy: { automated: { prune: true, selfHeal, allowEmpty: false }, syncOptions: ["CreateNamespace=true"] },
});
const byHand: Partial<Application> = { syncPolicy: { syncOptions: ["CreateNamespace=true"] } };

/** Synced, and asked whether `dear` may go. */
const asked = async (change: Partial<Application>) => {
  const given = syncWorld();
  const run = async () => {
    if (change === byHand) await given.ask({ prune: true });
    await given.settle();
  };
  await given.declare(anApplication(change));
  await given.commit("web", [configMap("settings"), configMap("dear", {}, confirm)]);
  await run();
  const left = [configMap("settings")];
  await given.commit("web", left);
  await run();
  given.pass(60_000);
  return { ...given, left, change };
};

describe.each([
  ["synced and healed automatically", automated(true)],
  ["synced automatically, without self-heal", automated(false)],
  ["synced by hand", byHand],
])("an Application that is %s and asks before it prunes", (_, change) => {
  it("keeps the object and says what it waits for", async () => {
    const { live, state } = await asked(change);
    expect(live("dear")).toBeDefined();
    expect((await state()).awaiting).toContain("ConfigMap production/dear is no longer in Git; Prune=confirm asks");
  });

  it("goes on with a yes", async () => {
    const { live, state, wishApproval, settle } = await asked(change);
    await wishApproval((await state()).awaitingDigest ?? "");
    await settle();
    expect(live("dear")).toBeUndefined();
    expect(await state()).toMatchObject({ syncStatus: "Synced", phase: "Succeeded" });
    expect((await state()).awaiting).toBeUndefined();
  });

  it("goes on with Argo CD's annotation, written after the question and before anybody looked again", async () => {
    const { live, world, declare, commit, left, settle, pass } = await asked(change);
    const written = new Date(world.clock.now()).toISOString();
    pass(30_000);
    await declare(anApplication({ ...change, annotations: { "argocd.argoproj.io/deletion-approved": written } }));
    await commit("web", left);
    await settle();
    expect(live("dear")).toBeUndefined();
  });

  it("takes no yes that is older than the question", async () => {
    const { live, declare, commit, left, settle } = await asked(change);
    await declare(anApplication({ ...change, annotations: { "argocd.argoproj.io/deletion-approved": "2020-01-01T00:00:00Z" } }));
    await commit("web", left);
    await settle();
    expect(live("dear")).toBeDefined();
  });
});

describe("a yes", () => {
  it("to one question is none to the next", async () => {
    const { live, state, wishApproval, commit, settle } = await asked(automated(true));
    const { awaitingDigest = "" } = await state();
    await commit("web", [configMap("settings", { v: "2" })]);
    await settle();
    await wishApproval(awaitingDigest);
    await settle();
    expect(live("dear")).toBeDefined();
  });

  it("runs no hooks again", async () => {
    const hook = job("migrate", { annotations: { "argocd.argoproj.io/hook": "PreSync" } });
    const { commit, state, wishApproval, settle, cluster, live } = await asked(automated(true));
    await commit("web", [configMap("settings", { v: "2" }), hook]);
    await settle(() => live("migrate", "Job") && endJob(cluster, "migrate", "Complete"));
    await wishApproval((await state()).awaitingDigest ?? "");
    await settle();
    expect(live("dear")).toBeUndefined();
    expect(cluster.calls.filter((call) => call.startsWith("create Job"))).toHaveLength(1);
  });
});
