import { describe, expect, it } from "vitest";
import type { Manifest } from "../../../../shared/model/manifest.ts";
import type { FakeClusterOptions } from "../../../fakes/fake-cluster.ts";
import { anApplication, configMap, job, syncWorld } from "../../../support/sync-world.ts";

const hook = (phase: string) => ({ annotations: { "argocd.argoproj.io/hook": phase } });

/** The admission of this cluster has this to say about objects of these names. */
const admission =
  (words: Readonly<Record<string, string>>, reason = "Forbidden"): FakeClusterOptions["refuse"] =>
  ({ metadata }) => {
    const message = words[metadata.name];
    return message === undefined ? undefined : { reason, message };
  };

const synced = async (manifests: readonly Manifest[], refuse: FakeClusterOptions["refuse"], syncOptions: readonly string[] = []) => {
  const world = syncWorld({ ...(refuse && { refuse }) });
  await world.cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "production" } }, { fieldManager: "x", force: true });
  await world.declare(anApplication({ syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false }, syncOptions } }));
  await world.commit("web", manifests);
  await world.sync();
  return { ...world, names: () => world.cluster.objects().flatMap(({ kind, metadata }) => (kind === "Namespace" ? [] : [metadata.name])) };
};

describe("the dry run of the whole plan", () => {
  it("keeps everything back when one object would be refused, in whatever wave or phase it stands", async () => {
    for (const place of [{}, hook("PostSync"), hook("SyncFail"), { annotations: { "argocd.argoproj.io/sync-wave": "9" } }]) {
      const { state, names } = await synced([configMap("good"), job("bad", place)], admission({ bad: "policy teams says no" }));
      expect(await state()).toMatchObject({ phase: "Failed", reason: "Job production/bad: policy teams says no; nothing was changed" });
      expect(names()).toEqual([]);
    }
  });

  it("counts an admission webhook that does not support dry runs as not checked, never as a denial", async () => {
    let dryRuns = 0;
    const world = syncWorld({
      before: (call) => {
        if (call.startsWith("dry-run")) dryRuns++;
      },
      refuse: ({ metadata }) =>
        metadata.name === "odd" && dryRuns < 3
          ? { reason: "BadRequest", message: 'admission webhook "billing.example" does not support dry run' }
          : undefined,
    });
    await world.declare(anApplication());
    await world.commit("web", [configMap("good"), configMap("fine"), configMap("odd")]);
    await world.sync();
    expect(dryRuns).toBe(3);
    expect(await world.state()).toMatchObject({ phase: "Succeeded" });
  });

  it("does not hold against an object that it misses what this very sync brings", async () => {
    const words = { web: 'pods "web" is forbidden: error looking up service account production/runner: serviceaccount "runner" not found' };
    const pod: Manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" } };
    const account: Manifest = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "runner" } };
    const priorities = { high: 'pods "high" is forbidden: no PriorityClass with name urgent was found' };
    expect(await (await synced([pod, account], admission(words))).names()).toContain("runner");
    expect(await (await synced([configMap("high"), configMap("urgent")], admission(priorities))).names()).toContain("urgent");
    const { state } = await synced([pod, configMap("other")], admission(words));
    expect(await state()).toMatchObject({ phase: "Failed", reason: expect.stringContaining("nothing was changed") });
  });

  it("is left out for a single write, whose own answer says it all", async () => {
    const { cluster } = await synced([configMap("only")], undefined);
    expect(cluster.calls.filter((call) => call.startsWith("dry-run"))).toEqual([]);
  });

  it("is left out with PreflightDryRun=false: what can be applied is", async () => {
    const { names, state } = await synced([configMap("good"), job("bad")], admission({ bad: "no" }), ["PreflightDryRun=false"]);
    expect(names()).toEqual(["good"]);
    expect(await state()).toMatchObject({ phase: "Failed" });
  });

  it("is done once an operation, not once a step", async () => {
    const { cluster, pass, sync } = await synced(
      [configMap("first"), configMap("second", {}, { annotations: { "argocd.argoproj.io/sync-wave": "1" } })],
      undefined,
    );
    pass(2_000);
    await sync();
    expect(cluster.calls.filter((call) => call.startsWith("dry-run"))).toHaveLength(2);
  });
});
